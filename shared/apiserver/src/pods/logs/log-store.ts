import { existsSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { PodLogOptions } from "../../loopback.ts";
import { ContainerLog, rotatedPath } from "./container-log.ts";
import { readLog } from "./read-log.ts";

/** The logs of one Pod's containers, one per run; those of the last two runs are kept. */
export class PodLogStore {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #live = new Map<string, ContainerLog>();

  constructor(directory: string, maxBytes: number) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
  }

  /** Opens the log of the container's run number `attempt`, counted from 0. */
  async open(container: string, attempt: number): Promise<ContainerLog> {
    const dropped = this.#path(container, attempt - 2);
    await rm(dropped, { force: true });
    await rm(rotatedPath(dropped), { force: true });
    const log = new ContainerLog(this.#path(container, attempt), this.#maxBytes);
    this.#live.set(container, log);
    return log;
  }

  /** The log of the container's latest run; undefined when it never ran. */
  read(container: string, options: PodLogOptions): AsyncIterable<Uint8Array> | undefined {
    const attempt = this.#latest(container);
    if (attempt === undefined) return undefined;
    return readLog(this.#path(container, attempt), options, this.#live.get(container));
  }

  #path(container: string, attempt: number): string {
    return join(this.#directory, container, `${attempt}.log`);
  }

  #latest(container: string): number | undefined {
    const directory = join(this.#directory, container);
    if (!existsSync(directory)) return undefined;
    const attempts = readdirSync(directory).flatMap((name) => /^(\d+)\.log$/.exec(name)?.[1] ?? []);
    return attempts.length === 0 ? undefined : Math.max(...attempts.map(Number));
  }
}
