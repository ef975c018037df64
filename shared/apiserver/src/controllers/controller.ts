import type { Loopback } from "../loopback.ts";

/** What the controllers that make the API live are started with. */
export interface ControllerContext {
  loopback: Loopback;
  /** Told of failures that are retried. */
  onError(error: unknown, doing: string): void;
}

/** Ends a controller; resolves when its last write is done. */
export type Stop = () => Promise<void>;
