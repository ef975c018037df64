import { rootCommand } from "./cli/command.ts";
import { completionScript } from "./cli/completion.ts";
import { helpText, usageText } from "./cli/help.ts";
import { findCommand, type Invocation, parseInvocation } from "./cli/invocation.ts";
import type { Limits } from "./connection/dial.ts";
import { dump } from "./dump/dump.ts";
import { ClientError, messageOf } from "./errors.ts";
import type { Host } from "./host/host.ts";
import { createLog, isConcealable, type Log } from "./output/log.ts";
import { oneLine } from "./output/one-line.ts";
import { registrationToken } from "./output/redact.ts";
import { run } from "./run.ts";
import { versionLine } from "./version.ts";

/** What a program prints to; each text ends with a line feed. */
export interface Output {
  stdout(text: string): void;
  stderr(text: string): void;
}

/** The original's exit status for every failure. */
export const FAILURE_STATUS = 255;

/** `elemental-register` with its arguments, up to its exit status. Never throws. */
export async function elementalRegister(
  args: readonly string[],
  host: Host,
  output: Output,
  limits?: Limits,
): Promise<number> {
  const stderr = concealing(args, output.stderr);
  let log = createLog({ format: "text", debug: false, write: stderr });
  try {
    const invocation = parseInvocation(args);
    if (invocation.command === "register") {
      log = createLog({ format: invocation.logFormat, debug: invocation.debug, write: stderr });
    }
    await execute(invocation, { host, output, log, limits });
    return 0;
  } catch (error) {
    if (error instanceof ClientError && error.code === "Usage") stderr(usageMessage(args, error));
    log.record("fatal", oneLine(messageOf(error)), error instanceof ClientError ? { code: error.code } : {});
    return FAILURE_STATUS;
  }
}

/** Takes texts without the registration tokens of the command line, which may stand where they do not belong. */
function concealing(args: readonly string[], write: (text: string) => void): (text: string) => void {
  const urls = args.filter((arg) => /^(--registration-url=)?https?:/.test(arg));
  const tokens = urls.map(registrationToken).filter(isConcealable);
  return (text) => write(tokens.reduce((left, token) => left.replaceAll(token, "***"), text));
}

interface Context {
  host: Host;
  output: Output;
  log: Log;
  limits: Limits | undefined;
}

async function execute(invocation: Invocation, { host, output, log, limits }: Context): Promise<void> {
  switch (invocation.command) {
    case "help":
      return output.stdout(helpText(invocation.of));
    case "completion":
      return output.stdout(completionScript(invocation.shell));
    case "version":
      return log.record("info", versionLine("Register"));
    case "dumpdata":
      return output.stdout(await dump(host, invocation, log));
    case "register":
      log.record("info", versionLine("Register"));
      return run(host, invocation, log, limits);
  }
}

/** What the original's framework prints before the fatal record. */
function usageMessage(args: readonly string[], error: ClientError): string {
  const command = findCommand(args);
  const isUnknownCommand = command === rootCommand && error.message.startsWith("unknown command ");
  const hint = isUnknownCommand ? "Run 'elemental-register --help' for usage.\n" : usageText(command);
  return `Error: ${error.message}\n${hint}\n`;
}
