import { hostname } from "node:os";
import { readText } from "./files.ts";
import type { Host } from "./host.ts";

/** The kernel's host name. */
export function readHostname(host: Host): string {
  return readText(host, "/proc/sys/kernel/hostname")?.trim() || hostname();
}
