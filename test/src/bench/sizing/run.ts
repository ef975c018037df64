import { setTimeout as delay } from "node:timers/promises";
import { createInventories } from "../adoption/objects.ts";
import type { Flags } from "../command-line.ts";
import { type Lab, openLab } from "../environment/lab.ts";
import type { ServiceName, ServiceProcess } from "../environment/service.ts";
import { meter } from "../measure/service-meter.ts";
import { progress, type Result, rounded } from "../result.ts";

const sizes = [100, 1000, 10_000];
/** What the services do in this time with settled machines is what they need all the time. */
const idleMs = 10_000;
const environments: Record<ServiceName, Record<string, string>> = {
  "registration-api": { LISTEN_ADDRESS: "127.0.0.1:0" },
  "inventory-controller": {},
  "selector-controller": {},
  "osversion-syncer": { OPERATOR_IMAGE: "operator" },
  "seedimage-builder": { SEEDIMAGE_IMAGE: "iso-builder" },
};

/** How much memory and processor time each service needs to start with that many settled machines, and to keep them. */
export async function benchmarkSizing(flags: Flags, parts: AsyncDisposableStack): Promise<Result> {
  const lab = await openLab({ embedded: flags.boolean("embedded") }, parts);
  const namespace = await lab.createNamespace();
  const most = flags.count("machines") ?? Number.POSITIVE_INFINITY;
  const runs: Result[] = [];
  let machines = 0;
  for (const size of sizes.filter((count) => count <= most)) {
    progress(`${size} machines`);
    const settling = await startServices(lab);
    const counting = await meter(settling, []);
    await createInventories(lab.kube, namespace, size - machines, machines);
    machines = size;
    await counting.quiet();
    await Promise.all(settling.map((service) => service.stop()));
    runs.push({ machines, ...(await measure(lab)) });
  }
  return { api: lab.api, runs };
}

function startServices(lab: Lab): Promise<ServiceProcess[]> {
  const started = Object.entries(environments).map(([name, env]) =>
    lab.start(name as ServiceName, { SERVER_URL: "http://127.0.0.1", ...env }),
  );
  return Promise.all(started);
}

/** Starts the services anew, one after the other, so that each has what it needs and nothing of its past. */
async function measure(lab: Lab): Promise<Result> {
  const result: Result = {};
  for (const [name, env] of Object.entries(environments)) {
    const service = await lab.start(name as ServiceName, { SERVER_URL: "http://127.0.0.1", ...env });
    await (await meter([service], [])).quiet();
    const before = service.usage();
    await delay(idleMs);
    const after = service.usage();
    result[name] = {
      startMs: Math.round(service.startMs),
      startCpuSeconds: rounded(before.cpuSeconds),
      peakMb: rounded(before.peakRssMb),
      settledMb: rounded(after.rssMb),
      settledMillicores: rounded(((after.cpuSeconds - before.cpuSeconds) * 1_000_000) / idleMs),
    };
    await service.stop();
  }
  return result;
}
