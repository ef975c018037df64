import { setTimeout as delay } from "node:timers/promises";
import { type Sample, total } from "../environment/metrics.ts";
import type { ServiceProcess } from "../environment/service.ts";
import { processUsage } from "./process-usage.ts";

/** What services did since the meter was started. */
export interface Spent {
  /** Writes to the API server, Events aside. */
  writes: number;
  /** All requests to the API server, watches aside. */
  requests: number;
  events: number;
  reconciles: number;
  cpuSeconds: number;
  /** Processor time of the API server and its storage. */
  apiCpuSeconds: number;
}

export interface ServiceMeter {
  spent(): Promise<Spent>;
  /**
   * Resolves when the services have written nothing for `quietMs`; to when (performance.now) the last write was seen.
   * Rejects after `deadlineMs`.
   */
  quiet(options?: { quietMs?: number; deadlineMs?: number }): Promise<number>;
}

const pollMs = 250;

/** Starts counting now. */
export async function meter(services: readonly ServiceProcess[], apiPids: readonly number[]): Promise<ServiceMeter> {
  const before = await reading(services, apiPids);
  const spent = async () => {
    const now = await reading(services, apiPids);
    const difference = Object.entries(now).map(([key, value]) => [key, value - before[key as keyof Spent]]);
    return Object.fromEntries(difference) as Spent;
  };
  return {
    spent,
    async quiet({ quietMs = 3_000, deadlineMs = 600_000 } = {}) {
      const deadline = performance.now() + deadlineMs;
      let writes = (await spent()).writes;
      let last = performance.now();
      while (performance.now() - last < quietMs) {
        if (performance.now() > deadline) throw new Error(`the services still write after ${deadlineMs / 1000} s`);
        await delay(pollMs);
        const now = (await spent()).writes;
        if (now !== writes) last = performance.now();
        writes = now;
      }
      return last;
    },
  };
}

const isWrite = ({ method }: Sample["labels"]) => method !== "GET";
const isEvent = ({ resource }: Sample["labels"]) => resource === "events";

async function reading(services: readonly ServiceProcess[], apiPids: readonly number[]): Promise<Spent> {
  const samples = (await Promise.all(services.map((service) => service.metrics()))).flat();
  const requests = (wanted: (labels: Sample["labels"]) => boolean) =>
    total(samples, "elemental_api_requests_total", wanted);
  return {
    writes: requests((labels) => isWrite(labels) && !isEvent(labels)),
    requests: requests((labels) => !isEvent(labels)),
    events: requests(isEvent),
    reconciles: total(samples, "elemental_reconcile_total"),
    cpuSeconds: sum(services.map((service) => service.usage().cpuSeconds)),
    apiCpuSeconds: sum(apiPids.map((pid) => processUsage(pid).cpuSeconds)),
  };
}

function sum(values: number[]): number {
  return values.reduce((left, right) => left + right, 0);
}

/** The most memory that each process had, added up, in MiB. */
export function peakRssMb(services: readonly ServiceProcess[]): number {
  return sum(services.map((service) => service.usage().peakRssMb));
}
