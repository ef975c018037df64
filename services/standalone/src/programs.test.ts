import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

// The programs as users run them: processes with arguments, exit codes and output.
const minutes = 60_000;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "elemental-programs-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

interface Program {
  child: ChildProcess;
  output(): string;
  ended: Promise<number>;
}

function start(program: "main.ts" | "quickstart/main.ts", ...args: string[]): Program {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [file, ...args], { env: { ...process.env, TMPDIR: directory } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  return { child, output: () => output, ended: once(child, "close").then(([code]) => Number(code)) };
}

/** Processes that work below the test's directory, by their command lines. */
function leftRunning(): string[] {
  const all = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).split("\n");
  return all.filter((line) => line.includes(directory));
}

test(
  "quickstart walks the whole path, writes its summary and leaves nothing behind",
  async () => {
    const json = join(directory, "q.json");
    const program = start("quickstart/main.ts", "--exit", "--json", json, "--machines", "2");
    expect(await program.ended, program.output()).toBe(0);
    const summary = JSON.parse(await readFile(json, "utf8"));
    expect(summary.steps.map(({ name }: { name: string }) => name)).toEqual([
      "start",
      "registration",
      "template",
      "base-image",
      "seed-image",
      "download",
      "register",
      "plan",
      "adopt",
      "bootstrap",
    ]);
    const ready = { conditions: expect.arrayContaining([expect.objectContaining({ type: "Ready", status: "True" })]) };
    expect(summary).toMatchObject({ ok: true, registration: ready, seedImage: ready });
    expect(summary.machineInventories).toMatchObject([ready, ready]);
    expect(summary.machineInventorySelectors).toMatchObject([ready, ready]);
    const adopted = summary.machineInventorySelectors.map((it: { machineInventory: string }) => it.machineInventory);
    expect(new Set(adopted)).toEqual(new Set(summary.machineInventories.map((it: { name: string }) => it.name)));
    expect(leftRunning()).toEqual([]);
    expect(await readdir(directory)).toEqual(["q.json"]);
  },
  3 * minutes,
);

test(
  "standalone keeps its data and its addresses over a restart",
  async () => {
    const data = join(directory, "data");
    const runOnce = async () => {
      const program = start("main.ts", "--data", data, "--listen", "127.0.0.1:0", "--log-level", "error");
      await vi.waitFor(() => expect(program.output()).toMatch(/^ready /m), { timeout: minutes, interval: 50 });
      const database = await readFile(join(data, "kubeconfig"), "utf8");
      program.child.kill("SIGTERM");
      expect(await program.ended, program.output()).toBe(0);
      return { kubeconfig: database, url: /kubernetes=(\S+)/.exec(program.output())?.[1] };
    };
    const first = await runOnce();
    expect(await runOnce()).toEqual(first);
    expect(leftRunning()).toEqual([]);
  },
  3 * minutes,
);

test(
  "bad input gives one clear line and an exit code, and leaves nothing running",
  async () => {
    const junk = join(directory, "junk.iso");
    await writeFile(junk, "no image");
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    const address = `127.0.0.1:${port}`;
    const data = ["--data", join(directory, "bad")];
    const cases: [number, RegExp, Program][] = [
      [2, /^Unknown option '--nope'\. See --help\.$/m, start("main.ts", "--nope")],
      [2, /^--data DIR is needed/m, start("main.ts")],
      [2, /^--listen must be ADDRESS:PORT/m, start("main.ts", ...data, "--listen", "8443")],
      [2, /^--server-url must be an http/m, start("main.ts", ...data, "--server-url", "ftp://x")],
      [2, /^--machines must be a whole number/m, start("quickstart/main.ts", "--machines", "0")],
      [2, /^--vm boots one machine/m, start("quickstart/main.ts", "--vm", "--machines", "2")],
      [2, /^--firmware must be uefi or bios/m, start("quickstart/main.ts", "--vm", "--firmware", "coreboot")],
      [1, /^The data directory .* cannot be written/m, start("main.ts", "--data", join(junk, "x"))],
    ];
    for (const [code, line, program] of cases) {
      expect(await program.ended, program.output()).toBe(code);
      expect(program.output()).toMatch(line);
      expect(program.output().trim().split("\n")).toHaveLength(1);
    }
    const listen = start("main.ts", ...data, "--listen", address, "--log-level", "error");
    expect(await listen.ended).toBe(1);
    expect(listen.output()).toContain(`cannot listen on ${address}`);
    const api = start("main.ts", ...data, "--api-listen", address, "--log-level", "error");
    expect(await api.ended).toBe(1);
    expect(api.output()).toContain(`cannot listen on ${address}`);
    const image = start("quickstart/main.ts", "--exit", "--base-iso", junk);
    expect(await image.ended).toBe(1);
    expect(image.output()).toContain("is not an ISO 9660 image");
    taken.close();
    expect(leftRunning()).toEqual([]);
  },
  6 * minutes,
);
