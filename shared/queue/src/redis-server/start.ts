import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ping } from "./ping.ts";

export interface RedisServerOptions {
  /** Where the server may write; made when missing. */
  dir: string;
  /** `socket` (default) listens on `dir/redis.sock` only, `tcp` on a free loopback port only. */
  listen?: "socket" | "tcp";
  /** The directories to find the server and its watchdog in, as in $PATH. */
  path: string;
}

export interface RedisServer {
  /** What `redisQueues` takes: exactly one of them is set. */
  address: { socket: string } | { url: string };
  pid: number;
  /** Resolves when the process has ended, whoever ended it. */
  exited: Promise<void>;
  stop(): Promise<void>;
}

/** The longest path that the kernel takes for a unix socket. */
const longestSocketPath = 107;
const startDeadlineMs = 10_000;
const stopDeadlineMs = 3000;

/** The server could not be started; the message says what to do. */
export class RedisServerError extends Error {
  override readonly name = "RedisServerError";
  readonly code = "RedisServerUnavailable";
}

/**
 * Starts redis-server or valkey-server without persistence: the work queue carries hints, and whoever starts anew lists
 * its objects again. The server ends with the process that started it, also when that is killed.
 */
export async function startRedis(options: RedisServerOptions): Promise<RedisServer> {
  const program = await findServer(options.path);
  await mkdir(options.dir, { recursive: true });
  const { address, args } = await listenOn(options);
  const watchdog = await find("setpriv", options.path);
  const serverArgs = [...args, "--dir", options.dir, "--save", "", "--appendonly", "no", "--daemonize", "no"];
  const command = watchdog ? [watchdog, "--pdeathsig", "TERM", program, ...serverArgs] : [program, ...serverArgs];
  const child = spawn(command[0] ?? program, command.slice(1), { stdio: ["ignore", "pipe", "pipe"] });
  const log = lastLines(child);
  const exited = once(child, "close").then(() => undefined);
  await untilAnswering(child, address, log);
  return { address, pid: child.pid ?? 0, exited, stop: () => stop(child, exited) };
}

async function findServer(path: string): Promise<string> {
  const program = (await find("redis-server", path)) ?? (await find("valkey-server", path));
  if (program) return program;
  throw new RedisServerError(
    "neither redis-server nor valkey-server is on PATH: install one (Debian: apt-get install redis-server), or run without Redis",
  );
}

async function find(program: string, path: string): Promise<string | undefined> {
  for (const dir of path.split(delimiter)) {
    const file = join(dir, program);
    if (
      await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  return undefined;
}

async function listenOn(options: RedisServerOptions): Promise<Pick<RedisServer, "address"> & { args: string[] }> {
  if (options.listen === "tcp") {
    const port = await freePort();
    return { address: { url: `redis://127.0.0.1:${port}` }, args: ["--bind", "127.0.0.1", "--port", String(port)] };
  }
  const socket = join(options.dir, "redis.sock");
  if (Buffer.byteLength(socket) > longestSocketPath) {
    throw new RedisServerError(
      `the socket path ${socket} is longer than ${longestSocketPath} bytes: use a shorter directory`,
    );
  }
  return { address: { socket }, args: ["--unixsocket", socket, "--unixsocketperm", "700", "--port", "0"] };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}

/** Keeps the end of what the server says, for the error when it does not start. */
function lastLines(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      text = (text + chunk).slice(-1000);
    });
  }
  return () => text.trim().split("\n").slice(-3).join("; ");
}

async function untilAnswering(child: ChildProcess, address: RedisServer["address"], log: () => string): Promise<void> {
  let failure: string | undefined;
  child.once("error", (error) => {
    failure = error.message;
  });
  child.once("close", (code, signal) => {
    failure ??= `it ended with ${signal ?? code}: ${log()}`;
  });
  const deadline = Date.now() + startDeadlineMs;
  while (failure === undefined && Date.now() < deadline) {
    if (await ping(address)) return;
    await delay(20);
  }
  child.kill("SIGKILL");
  throw new RedisServerError(`cannot start ${child.spawnfile}: ${failure ?? `no answer within ${startDeadlineMs} ms`}`);
}

async function stop(child: ChildProcess, exited: Promise<void>): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopDeadlineMs);
  await exited;
  clearTimeout(timer);
}
