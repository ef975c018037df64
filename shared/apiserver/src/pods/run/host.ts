import type { EventRecorder } from "../../client/events.ts";
import type { Loopback } from "../../loopback.ts";
import type { ImageCatalog } from "../images.ts";
import type { Isolation } from "../root/root.ts";
import type { Backoff } from "../state/container.ts";

/** What the execution of every Pod on this machine shares. */
export interface PodHost {
  loopback: Loopback;
  images: ImageCatalog;
  isolation: Isolation;
  /** Marks the processes of this runner, see process/marker.ts. */
  identity: string;
  /** Goes before every command line; empty where this machine has no such program. */
  launcher: readonly string[];
  events: EventRecorder;
  backoff: Backoff;
  /** Between attempts at what a change elsewhere may mend: missing ConfigMaps, Secrets, volumes. */
  retryMs: number;
  /** Size of one log file; a container has at most two. */
  maxLogBytes: number;
  /** Where Pods keep their volumes and logs, by uid. */
  directory: string;
  now(): Date;
  /** Told of failures that no status shows. */
  onError(error: unknown, doing: string): void;
}
