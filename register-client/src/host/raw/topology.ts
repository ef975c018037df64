import type { JsonObject } from "@elemental/protocol";
import type { Thread } from "../cpu.ts";
import { listNames, readText } from "../files.ts";
import type { Host } from "../host.ts";
import { describeCores } from "./cores.ts";

/** The memory nodes of the machine: `numa` when there are several. */
export function readTopology(host: Host, threads: readonly Thread[]): JsonObject {
  const directory = "/sys/devices/system/node";
  const nodes = listNames(host, directory).flatMap((name) => {
    const id = /^node(\d+)$/.exec(name)?.[1];
    return id === undefined ? [] : [describeNode(host, `${directory}/${name}`, Number(id), threads)];
  });
  return { Architecture: nodes.length > 1 ? "numa" : "smp", Nodes: nodes };
}

function describeNode(host: Host, directory: string, id: number, threads: readonly Thread[]): JsonObject {
  const names = new Set(listNames(host, directory));
  const own = threads.filter(({ number }) => names.has(`cpu${number}`));
  const kib = (field: string) =>
    BigInt(new RegExp(`${field}:\\s*(\\d+) kB`).exec(readText(host, `${directory}/meminfo`) ?? "")?.[1] ?? "0") * 1024n;
  return {
    ID: id,
    Cores: describeCores(own),
    Caches: caches(host, own),
    Distances: (readText(host, `${directory}/distance`) ?? "").split(/\s+/).filter(Boolean).map(Number),
    Memory: { TotalPhysicalBytes: kib("MemTotal"), TotalUsableBytes: kib("MemTotal") },
  };
}

/** The caches of logical processors; one that several share is told once. */
function caches(host: Host, threads: readonly Thread[]): JsonObject[] {
  const found = new Map<string, JsonObject>();
  for (const { number } of threads) {
    const directory = `/sys/devices/system/cpu/cpu${number}/cache`;
    for (const name of listNames(host, directory).filter((entry) => /^index\d+$/.test(entry))) {
      const read = (file: string) => readText(host, `${directory}/${name}/${file}`)?.trim() ?? "";
      const shared = read("shared_cpu_list") || String(number);
      found.set(`${read("level")} ${read("type")} ${shared}`, {
        Level: Number(read("level")),
        Type: read("type").toLowerCase(),
        SizeBytes: cacheBytes(read("size")),
        LogicalProcessors: shared,
      });
    }
  }
  return [...found.values()];
}

function cacheBytes(text: string): bigint {
  const [, size = "0", unit = ""] = /^(\d+)([KM]?)$/.exec(text) ?? [];
  return BigInt(size) * { "": 1n, K: 1024n, M: 1024n ** 2n }[unit as "" | "K" | "M"];
}
