import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { accountOf } from "@elemental/test/account";
import { onTestFinished } from "vitest";

const program = fileURLToPath(new URL("../main.ts", import.meta.url));

export interface DoorProcess {
  child: ChildProcess;
  /** Resolves with the line whose message is `msg`; rejects when the program ends before. */
  line(msg: string): Promise<{ address: { port: number } }>;
  exited: Promise<unknown[]>;
}

/** Runs the program of the door with its own rights, killed `atEnd`: of the test, by default. Unless `env` says otherwise no Redis is there. */
export function runDoor(env: Record<string, string>, atEnd: (kill: () => void) => void = onTestFinished): DoorProcess {
  const child = spawn(process.execPath, [program], {
    env: {
      PATH: process.env["PATH"],
      KUBECONFIG: accountOf("registration-api"),
      REDIS_SOCKET: "/nonexistent/redis.sock",
      HEALTH_ADDRESS: "127.0.0.1:0",
      LISTEN_ADDRESS: "127.0.0.1:0",
      SERVER_URL: "https://door.example.com",
      ...env,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  atEnd(() => void child.kill("SIGKILL"));
  const lines: { msg: string }[] = [];
  const waiting: (() => void)[] = [];
  createInterface(child.stdout).on("line", (text) => {
    lines.push(JSON.parse(text));
    for (const wake of waiting.splice(0)) wake();
  });
  const exited = once(child, "exit");
  const line = async (msg: string): Promise<never> => {
    for (;;) {
      const found = lines.find((one) => one.msg === msg);
      if (found) return found as never;
      const next = new Promise<void>((resolve) => waiting.push(resolve));
      await Promise.race([next, exited.then(() => Promise.reject(new Error(`ended: ${JSON.stringify(lines)}`)))]);
    }
  };
  return { child, line, exited };
}
