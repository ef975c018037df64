import { listNames, readText } from "./files.ts";
import type { Host } from "./host.ts";

export interface Processor {
  id: number;
  cores: number;
  threads: number;
  model: string;
  vendor: string;
  capabilities: string[];
}

/** One logical processor. */
export interface Thread {
  number: number;
  package: number;
  core: number;
}

/** The processor packages, ascending by id (register-client-and-media 3.6). */
export function readProcessors(host: Host): Processor[] {
  const threads = listThreads(host);
  const descriptions = parseCpuInfo(readText(host, "/proc/cpuinfo") ?? "");
  const packages = Map.groupBy(threads, (thread) => thread.package);
  return [...packages]
    .sort(([left], [right]) => left - right)
    .map(([id, members]) => {
      const described = members.map(({ number }) => descriptions.get(number)).find((found) => found !== undefined);
      const value = (...names: string[]) => names.map((name) => described?.get(name)).find(Boolean) ?? "";
      return {
        id,
        cores: new Set(members.map(({ core }) => core)).size,
        threads: members.length,
        model: value("model name", "uarch"),
        vendor: value("vendor_id", "isa"),
        capabilities: value("flags", "Features").split(/\s+/).filter(Boolean),
      };
    });
}

/** The logical processors in the order of their directories. */
export function listThreads(host: Host): Thread[] {
  const directory = "/sys/devices/system/cpu";
  return listNames(host, directory).flatMap((name) => {
    const number = /^cpu(\d+)$/.exec(name)?.[1];
    if (number === undefined) return [];
    const read = (file: string) => Number(readText(host, `${directory}/${name}/topology/${file}`)?.trim() ?? "-1");
    return [{ number: Number(number), package: read("physical_package_id"), core: read("core_id") }];
  });
}

/** Blocks of /proc/cpuinfo by processor number. */
function parseCpuInfo(text: string): Map<number, Map<string, string>> {
  const blocks = text.split(/\n\s*\n/).map((block) => {
    const fields = block.split("\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, Math.max(colon, 0)).trim(), line.slice(colon + 1).trim()] as const;
    });
    return new Map(fields);
  });
  return new Map(
    blocks.flatMap((block) => {
      const number = block.get("processor");
      return number === undefined ? [] : [[Number(number), block] as const];
    }),
  );
}
