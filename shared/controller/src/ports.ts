/** What the runner logs with; errors go under the key `error`. */
export interface Logger {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** How a run ended: `conflict` is decided anew at once, `gone` means that the object does not exist any more. */
export type RunResult = "success" | "requeue" | "conflict" | "gone" | "error" | "terminal";

/** What is counted; `controller` is the controller's name. */
export interface ControllerMetrics {
  reconciled(controller: string, result: RunResult, seconds: number): void;
  /** A write was sent to the API server. Events are not counted. */
  wrote(controller: string, verb: string): void;
}
