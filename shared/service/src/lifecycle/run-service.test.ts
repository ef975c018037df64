import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";

const program = fileURLToPath(new URL("../testing/service-process.ts", import.meta.url));

interface Service {
  child: ChildProcess;
  output(): string;
  exited: Promise<number>;
}

function start(env: Record<string, string>, args: string[] = []): Service {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env["PATH"], HEALTH_ADDRESS: "127.0.0.1:0", ...env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk;
    });
  }
  return { child, output: () => output, exited: once(child, "close").then(([code]) => Number(code)) };
}

async function until(service: Service, text: string): Promise<void> {
  await vi.waitFor(() => expect(service.output()).toContain(text), 25_000);
}

test("serves health, and on SIGTERM closes its parts in reverse order and exits 0", async () => {
  const service = start({ MODE: "good" });
  await until(service, '"msg":"started"');
  expect(service.output()).toMatch(/"startMs":\d+/);
  const port = /"port":(\d+)/.exec(service.output())?.[1];
  const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
  expect(await ready.json()).toEqual({ ready: true, checks: { started: "ok", mode: "ok" } });
  service.child.kill("SIGTERM");
  expect(await service.exited).toBe(0);
  expect(service.output()).toMatch(/closing second\nclosed first\n/);
});

test("a part that does not close in time costs the exit code, not the other parts", async () => {
  const service = start({ MODE: "stuck", SHUTDOWN_TIMEOUT: "100ms" });
  await until(service, '"msg":"started"');
  service.child.kill("SIGINT");
  expect(await service.exited).toBe(1);
  expect(service.output()).toContain('"part":"second","deadlineMs":100,"msg":"not closed in time"');
  expect(service.output()).toContain("closed first");
});

test("a second signal ends it at once", async () => {
  const service = start({ MODE: "stuck", SHUTDOWN_TIMEOUT: "1h" });
  await until(service, '"msg":"started"');
  service.child.kill("SIGTERM");
  await until(service, "closing second");
  service.child.kill("SIGTERM");
  expect(await service.exited).toBe(1);
});

test("wrong settings end it with all of them named", async () => {
  const service = start({ MODE: "bad", LOG_LEVEL: "loud" });
  expect(await service.exited).toBe(1);
  expect(service.output()).toContain('LOG_LEVEL is "loud": must be debug, info, warn or error');
  expect(service.output()).toContain('MODE is "bad"');
});

test("a start that fails is logged and ends it", async () => {
  const service = start({ MODE: "failing" });
  expect(await service.exited).toBe(1);
  expect(service.output()).toContain("told to fail");
});

test("an error nobody caught is logged and ends it in order", async () => {
  const service = start({ MODE: "crashing" });
  expect(await service.exited).toBe(1);
  expect(service.output()).toContain("told to crash");
  expect(service.output()).toContain("closed first");
});

test("--help prints the settings", async () => {
  const service = start({}, ["--help"]);
  expect(await service.exited).toBe(0);
  expect(service.output()).toContain("| `MODE` | required | how it behaves |");
  expect(service.output()).toContain("| `HEALTH_ADDRESS` | `127.0.0.1:8081` |");
});
