import { readFile } from "node:fs/promises";
import { type MachineInventory, machineInventories } from "@elemental/api";
import { type Flags, UsageError } from "../command-line.ts";
import { freePort } from "../environment/free-port.ts";
import { type Lab, openLab } from "../environment/lab.ts";
import type { ServiceProcess } from "../environment/service.ts";
import { percentile } from "../measure/percentile.ts";
import { rawCreatesPerSecond } from "../measure/raw-creates.ts";
import { meter, peakRssMb } from "../measure/service-meter.ts";
import { progress, type Result, rounded } from "../result.ts";
import { type Arrival, type ArrivalReport, registerMachines } from "./drivers.ts";
import type { AuthMethod } from "./machine.ts";
import { createRegistration } from "./registration-object.ts";

/** How long a machine goes on trying: as patient as an operator who watches a rack boot. */
const budgetMs = 1_800_000;
const curve = [100, 1000, 10_000];

/** Registers machines on our services, or on the server of --url. */
export async function benchmarkRegistration(flags: Flags, parts: AsyncDisposableStack): Promise<Result> {
  const arrivals = arrivalsOf(flags);
  const url = flags.string("url");
  if (url !== undefined) return registerElsewhere(url, { arrivals, flags, parts });
  const lab = await openLab({ embedded: flags.boolean("embedded") }, parts);
  const system = await startSystem(lab, flags.count("replicas") ?? 1);
  const results: Result[] = [];
  let last: Registered | undefined;
  for (const arrival of arrivals) {
    last = await registerHere(lab, system, { arrival, parts });
    results.push(last.result);
  }
  for (const service of system.services) await service.stop();
  const limit = last?.sample ? await limitOf(lab, last.sample) : null;
  const withLimit = results.map((result) => ({ ...result, ...shareOf(result, limit) }));
  const final = withLimit.at(-1) ?? {};
  return { ...final, ...(flags.boolean("curve") && { curve: withLimit }) };
}

function arrivalsOf(flags: Flags): Arrival[] {
  const auth = flags.string("auth") ?? "tpm";
  if (auth !== "tpm" && auth !== "mac") throw new UsageError(`--auth must be tpm or mac, not "${auth}".`);
  const counts = flags.boolean("curve") ? curve : [flags.count("machines") ?? 1];
  return counts.map((machines) => ({
    machines,
    concurrency: flags.boolean("curve") ? machines : (flags.count("concurrency") ?? machines),
    drivers: flags.count("drivers") ?? 1,
    auth: auth as AuthMethod,
    urls: [],
    caPem: "",
    budgetMs,
  }));
}

interface System {
  services: ServiceProcess[];
  doors: ServiceProcess[];
  /** Where the doors are reached. */
  origins: string[];
}

async function startSystem(lab: Lab, replicas: number): Promise<System> {
  const ports = await Promise.all(Array.from({ length: replicas }, freePort));
  const origins = ports.map((port) => `http://127.0.0.1:${port}`);
  const SERVER_URL = origins[0] ?? "";
  const controller = await lab.start("inventory-controller", { SERVER_URL });
  const doors = await Promise.all(
    ports.map((port) => lab.start("registration-api", { SERVER_URL, LISTEN_ADDRESS: `127.0.0.1:${port}` })),
  );
  return { services: [controller, ...doors], doors, origins };
}

interface Registered {
  result: Result;
  sample: MachineInventory | undefined;
}

async function registerHere(
  lab: Lab,
  { services, doors, origins }: System,
  { arrival, parts }: { arrival: Arrival; parts: AsyncDisposableStack },
): Promise<Registered> {
  const namespace = await lab.createNamespace();
  const token = await createRegistration(lab.kube, namespace, arrival.auth);
  const urls = origins.map((origin) => `${origin}/elemental/registration/${token}`);
  let counting = await meter(services, lab.apiPids);
  let doorCounting = await meter(doors, []);
  progress(`${arrival.machines} machines, ${arrival.concurrency} at once, ${doors.length} doors`);
  const report = await registerMachines(
    { ...arrival, urls },
    {
      parts,
      onReady: async () => {
        [counting, doorCounting] = [await meter(services, lab.apiPids), await meter(doors, [])];
      },
    },
  );
  const settled = ((await counting.quiet()) - report.start) / 1000;
  const spent = await counting.spent();
  const { items } = await lab.kube.list(machineInventories, { namespace });
  const { machines } = arrival;
  const result = {
    ...figuresOf(arrival, report),
    api: lab.api,
    replicas: doors.length,
    duplicates: items.length - new Set(items.map(identityOf)).size,
    inventories: items.length,
    settledSeconds: rounded(settled),
    writesPerMachine: rounded(spent.writes / machines),
    requestsPerMachine: rounded(spent.requests / machines),
    eventsPerMachine: rounded(spent.events / machines),
    writesPerSecond: rounded(spent.writes / settled),
    limitCreatesPerSecond: null,
    rssMb: rounded(peakRssMb(doors)),
    cpuSeconds: rounded((await doorCounting.spent()).cpuSeconds),
    allServicesRssMb: rounded(peakRssMb(services)),
    allServicesCpuMsPerMachine: rounded((spent.cpuSeconds * 1000) / machines),
    apiCpuMsPerMachine: lab.apiPids.length > 0 ? rounded((spent.apiCpuSeconds * 1000) / machines) : null,
  };
  return { result, sample: items[0] };
}

function identityOf({ spec, metadata }: MachineInventory): string {
  return spec?.tpmHash ?? spec?.machineHash ?? metadata.name;
}

function figuresOf({ machines, concurrency }: Arrival, report: ArrivalReport): Result {
  const { latencies, seconds, retries, failures } = report;
  const [p50, p99] = [percentile(latencies, 0.5), percentile(latencies, 0.99)];
  return {
    machines,
    concurrency,
    ok: latencies.length,
    errors: machines - latencies.length,
    ...(Object.keys(failures).length > 0 && { failures }),
    retries,
    seconds: rounded(seconds),
    registrationsPerSecond: rounded(latencies.length / seconds),
    p50Ms: p50 === undefined ? null : rounded(p50),
    p99Ms: p99 === undefined ? null : rounded(p99),
    driverCpuMsPerMachine: rounded((report.cpuSeconds * 1000) / machines),
  };
}

async function limitOf(lab: Lab, sample: MachineInventory): Promise<number> {
  progress("raw creates of the same objects");
  return rawCreatesPerSecond(lab.kube, machineInventories, { sample, namespace: await lab.createNamespace() });
}

function shareOf({ writesPerSecond }: Result, limit: number | null): Result {
  if (limit === null || typeof writesPerSecond !== "number") return {};
  return { limitCreatesPerSecond: rounded(limit), shareOfLimit: rounded(writesPerSecond / limit) };
}

async function registerElsewhere(
  url: string,
  { arrivals, flags, parts }: { arrivals: Arrival[]; flags: Flags; parts: AsyncDisposableStack },
): Promise<Result> {
  if (!/^https?:\/\//.test(url)) throw new UsageError("--url must be an http:// or https:// URL.");
  const ca = flags.string("ca");
  const caPem = ca === undefined ? "" : await readFile(ca, "utf8");
  const unmeasured = { duplicates: null, writesPerMachine: null, writesPerSecond: null, limitCreatesPerSecond: null };
  const results: Result[] = [];
  for (const arrival of arrivals) {
    const report = await registerMachines({ ...arrival, urls: [url], caPem }, { parts, onReady: async () => {} });
    results.push({ ...figuresOf(arrival, report), ...unmeasured, rssMb: null, cpuSeconds: null });
  }
  return { ...results.at(-1), ...(flags.boolean("curve") && { curve: results }) };
}
