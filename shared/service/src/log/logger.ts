import { type DestinationStream, type Logger as PinoLogger, pino } from "pino";
import { redactFields, redactText } from "./redact.ts";

type Fields = Record<string, unknown>;

/** What services log with. Errors go under the key `error`. */
export interface Logger {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
  /** A logger whose every line has `fields`. */
  child(fields: Fields): Logger;
}

export interface LoggerOptions {
  name: string;
  level: "debug" | "info" | "warn" | "error";
  /** Default: standard output. */
  destination?: DestinationStream;
}

/** JSON lines; tokens, passwords, keys and authorization headers are replaced wherever they stand. */
export function createLogger(options: LoggerOptions): Logger {
  const logger = pino(
    {
      name: options.name,
      level: options.level,
      base: { name: options.name },
      timestamp: pino.stdTimeFunctions.isoTime,
      errorKey: "error",
      serializers: { error: pino.stdSerializers.errWithCause },
      formatters: { level: (label) => ({ level: label }), log: redactFields },
      hooks: { streamWrite: redactText },
    },
    options.destination ?? pino.destination({ sync: true }),
  );
  return adapt(logger);
}

/** pino's own `child` does not pass the fields through the formatter that redacts them. */
function adapt(logger: PinoLogger): Logger {
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    child: (fields) => adapt(logger.child(redactFields(fields))),
  };
}

/** Logs nothing; for tests. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
