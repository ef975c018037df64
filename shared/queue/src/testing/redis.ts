import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RedisServer, startRedis } from "../redis-server/start.ts";

/** A real Redis on a unix socket in a temporary directory, to be ill-treated. */
export interface TemporaryRedis {
  socket: string;
  halt(): Promise<void>;
  /** Starts it anew, halted or not, with nothing in it. */
  restart(): Promise<void>;
  /** Lets it hang with its connections open, until thawed. */
  freeze(): void;
  thaw(): void;
  /** Leaves nothing behind. */
  stop(): Promise<void>;
}

export async function temporaryRedis(): Promise<TemporaryRedis> {
  const dir = await mkdtemp(join(tmpdir(), "elemental-redis-"));
  const start = () => startRedis({ dir, path: process.env["PATH"] ?? "" });
  let server: RedisServer = await start();
  return {
    socket: join(dir, "redis.sock"),
    halt: () => server.stop(),
    async restart() {
      await server.stop();
      server = await start();
    },
    freeze: () => process.kill(server.pid, "SIGSTOP"),
    thaw: () => process.kill(server.pid, "SIGCONT"),
    async stop() {
      await server.stop();
      await rm(dir, { recursive: true });
    },
  };
}
