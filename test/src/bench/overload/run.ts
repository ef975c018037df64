import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Flags } from "../command-line.ts";
import { freePort } from "../environment/free-port.ts";
import { openLab } from "../environment/lab.ts";
import type { ServiceProcess } from "../environment/service.ts";
import { watchRss } from "../measure/rss.ts";
import { forEachIndex } from "../measure/workers.ts";
import { machineFactory, register } from "../registration/machine.ts";
import { createRegistration } from "../registration/registration-object.ts";
import { progress, type Result, rounded } from "../result.ts";
import { type AttackName, attack, attacks, type Target } from "./attacks.ts";

/** Files that this process needs beside the connections. */
const reservedFiles = 256;
/** How long an attack goes on when it is complete, and how long the door has to end it: idle connections have 65 s. */
const holdMs = 5000;
const endDeadlineMs = 90_000;
/** Machines of the same time try for this long. */
const budgetMs = 120_000;
const warmUpMachines = 50;
const machinesAtOnce = 4;
/** The door refuses most of them: fewer tell the same. */
const mostFrames = 500;

interface Scene {
  door: ServiceProcess;
  target: Target;
  machines: number;
}

/** Measures the memory of a door under connections that never register, and whether machines still do. */
export async function benchmarkOverload(flags: Flags, parts: AsyncDisposableStack): Promise<Result> {
  const sockets = affordable(flags.count("sockets") ?? 1);
  const machines = flags.count("machines") ?? 1;
  const lab = await openLab({ embedded: flags.boolean("embedded") }, parts);
  const port = await freePort();
  const SERVER_URL = `http://127.0.0.1:${port}`;
  await lab.start("inventory-controller", { SERVER_URL });
  const door = await lab.start("registration-api", {
    SERVER_URL,
    LISTEN_ADDRESS: `127.0.0.1:${port}`,
    LOG_LEVEL: "error",
  });
  const token = await createRegistration(lab.kube, await lab.createNamespace(), "mac");
  const scene = { door, target: { port, path: `/elemental/registration/${token}` }, machines };
  await registerSome(scene, warmUpMachines);
  await delay(holdMs);
  const baseRssMb = door.usage().rssMb;
  const results: Result[] = [];
  for (let round = 0; round < (flags.count("rounds") ?? 1); round++) {
    for (const name of Object.keys(attacks) as AttackName[]) {
      const count = name === "hugeFrames" ? Math.min(sockets, mostFrames) : sockets;
      results.push(await endure(scene, name, count));
    }
  }
  const peak = Math.max(...results.map(({ rssMb }) => Number(rssMb)));
  return {
    sockets,
    api: lab.api,
    baseRssMb: rounded(baseRssMb),
    peakRssMb: rounded(peak),
    afterRssMb: rounded(door.usage().rssMb),
    attacks: results,
  };
}

async function endure(scene: Scene, name: AttackName, count: number): Promise<Result> {
  progress(`${name}: ${count} connections`);
  const rss = watchRss(scene.door);
  const running = attack(name, scene.target, count);
  const [served] = await Promise.all([registerSome(scene, scene.machines), running.begun]);
  await delay(holdMs);
  const seconds = await running.end(endDeadlineMs);
  return {
    attack: name,
    connections: count,
    mostOpen: running.mostOpen,
    answers: running.answers,
    rssMb: rounded(rss.stop()),
    endedSeconds: seconds === undefined ? null : rounded(seconds),
    ...served,
  };
}

/** Lets a few machines register at a time. */
async function registerSome({ target: { port, path } }: Scene, count: number): Promise<Result> {
  const make = machineFactory("mac");
  const url = `http://127.0.0.1:${port}${path}`;
  const prefix = `bench-${randomBytes(4).toString("hex")}`;
  const start = performance.now();
  const failures: Record<string, number> = {};
  let [ok, retries] = [0, 0];
  await forEachIndex(count, machinesAtOnce, async (index) => {
    const options = { url, caPem: "", budgetMs, onRetry: () => void retries++ };
    await register(make(`${prefix}-${index}`), options).then(
      () => ok++,
      ({ message }: Error) => {
        failures[message] = (failures[message] ?? 0) + 1;
      },
    );
  });
  const failed = ok < count && { failures };
  return { machines: count, ok, ...failed, retries, seconds: rounded((performance.now() - start) / 1000) };
}

/** As many connections as this process may open. */
function affordable(wanted: number): number {
  const limit = Number(/^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1] ?? wanted);
  const sockets = Math.min(wanted, limit - reservedFiles);
  if (sockets < wanted) progress(`only ${sockets} connections: the limit of open files is ${limit}`);
  return sockets;
}
