import { basename } from "node:path";
import { listNames, readLink, readText } from "../host/files.ts";
import type { Host } from "../host/host.ts";

const mountPoint = "/run/initramfs/live";

/** The name of the disk that backs the live system, undefined when there is none. */
export function liveMedium(host: Host): string | undefined {
  const mounts = (readText(host, "/proc/mounts") ?? "").split("\n").map((line) => line.split(" "));
  const source = mounts.find(([, target]) => target === mountPoint)?.[0];
  return source?.startsWith("/dev/") ? diskOf(host, basename(source)) : undefined;
}

/** The disk of a partition, or the device itself. */
function diskOf(host: Host, device: string): string {
  if (listNames(host, `/sys/class/block/${device}`).includes("partition")) {
    const parent = readLink(host, `/sys/class/block/${device}`)?.split("/").at(-2);
    if (parent) return parent;
  }
  return device;
}
