import { listNames, readText } from "./files.ts";
import type { Host } from "./host.ts";

export interface Memory {
  totalPhysicalBytes: bigint;
  totalUsableBytes: bigint;
  /** Bytes, in byte order of the kernel's directory names. */
  supportedPageSizes: bigint[];
}

const KIB = 1024n;

/** Memory of the machine (register-client-and-media 3.6). */
export function readMemory(host: Host): Memory {
  const usable = kib(/^MemTotal:\s*(\d+) kB/m.exec(readText(host, "/proc/meminfo") ?? ""));
  return {
    totalPhysicalBytes: onlineBytes(host) || syslogBytes(host) || usable,
    totalUsableBytes: usable,
    supportedPageSizes: listNames(host, "/sys/kernel/mm/hugepages").flatMap((name) => {
      const size = /^hugepages-(\d+)kB$/.exec(name);
      return size ? [kib(size)] : [];
    }),
  };
}

function kib(match: RegExpExecArray | null): bigint {
  return BigInt(match?.[1] ?? "0") * KIB;
}

/** Sum of the memory blocks that are online. */
function onlineBytes(host: Host): bigint {
  const directory = "/sys/devices/system/memory";
  const blockSize = readText(host, `${directory}/block_size_bytes`)?.trim() ?? "";
  if (!/^[0-9a-fA-F]+$/.test(blockSize)) return 0n;
  const online = listNames(host, directory).filter(
    (name) => /^memory\d+$/.test(name) && readText(host, `${directory}/${name}/state`)?.trim() === "online",
  );
  return BigInt(online.length) * BigInt(`0x${blockSize}`);
}

/** What the kernel logged at its start, where the log is still there. */
function syslogBytes(host: Host): bigint {
  for (const name of listNames(host, "/var/log").filter((entry) => entry.startsWith("syslog"))) {
    const match = /Memory: \d+K?\/(\d+)K/.exec(readText(host, `/var/log/${name}`) ?? "");
    if (match) return kib(match);
  }
  return 0n;
}
