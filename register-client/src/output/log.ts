export type Severity = "debug" | "info" | "warning" | "error" | "fatal";

/** How a step ended: done, failed, waiting for something outside, or not needed. */
export type Mark = "ok" | "fail" | "wait" | "skip";

/** Structured additions of a record for programs; only the JSON format shows them. */
export type Fields = Readonly<Record<string, string | number | boolean>>;

/** Where a run tells what it does. Every record is one line (debug records may span several). */
export interface Log {
  record(severity: Severity, message: string, fields?: Fields): void;
  /** A step a technician follows on the console. */
  step(mark: Mark, message: string, fields?: Fields): void;
  /** From now on `secret` appears as `***` in every record. */
  conceal(secret: string): void;
}

export interface LogOptions {
  format: "text" | "json";
  /** Whether debug records are written. */
  debug: boolean;
  /** Takes one record, line feed included. */
  write: (text: string) => void;
  now?: () => Date;
  pid?: number;
}

/** Whether a secret can be hidden wherever it stands: shorter ones would hide innocent words. */
export function isConcealable(secret: string): boolean {
  return secret.length >= 4;
}

/** What would end a record, or move the cursor of a console. */
const lineBreaking = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

/** A log in the original's line format, or as one JSON object per line (register-client-and-media 1.8). */
export function createLog(options: LogOptions): Log {
  const { format, debug, write, now = () => new Date(), pid = process.pid } = options;
  const secrets = new Set<string>();
  let count = 0;

  function emit(severity: Severity, message: string, fields: Fields): void {
    if (severity === "debug" && !debug) return;
    count += 1;
    const shown = severity === "debug" ? message : message.replace(lineBreaking, " ");
    const entry = { severity, message: shown, fields, at: now(), pid, count };
    write(concealed(`${format === "json" ? jsonLine(entry) : textLine(entry)}\n`, secrets));
  }

  return {
    record: (severity, message, fields = {}) => emit(severity, message, fields),
    step: (mark, message, fields = {}) => {
      const severity = mark === "fail" ? "error" : mark === "wait" ? "warning" : "info";
      if (format === "json") emit(severity, message, { ...fields, step: mark });
      else emit(severity, `[${mark.padStart(3).padEnd(4)}] ${message}`, fields);
    },
    conceal: (secret) => {
      if (isConcealable(secret)) secrets.add(secret);
    },
  };
}

function concealed(text: string, secrets: ReadonlySet<string>): string {
  let result = text;
  for (const secret of secrets) result = result.replaceAll(secret, "***");
  return result;
}

interface Entry {
  severity: Severity;
  message: string;
  fields: Fields;
  at: Date;
  pid: number;
  /** Stands where the original prints its source line. */
  count: number;
}

const letters: Readonly<Record<Severity, string>> = { debug: "I", info: "I", warning: "W", error: "E", fatal: "F" };

function textLine({ severity, message, at, pid, count }: Entry): string {
  const digits = (value: number, width: number) => String(value).padStart(width, "0");
  const date = `${digits(at.getMonth() + 1, 2)}${digits(at.getDate(), 2)}`;
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => digits(part, 2)).join(":");
  const micros = digits(at.getMilliseconds() * 1000, 6);
  const prefix = `${letters[severity]}${date} ${time}.${micros} ${String(pid).padStart(7)} register:${count}]`;
  return `${prefix} ${severity === "fatal" ? "FATAL: " : ""}${message}`;
}

function jsonLine({ severity, message, fields, at }: Entry): string {
  return JSON.stringify({ time: at.toISOString(), level: severity, message, ...fields });
}
