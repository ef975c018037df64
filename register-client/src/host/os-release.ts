import { readText } from "./files.ts";
import type { Host } from "./host.ts";

/** Keys of /etc/os-release that become annotations, and their annotation names (registration-protocol 5.6). */
const annotationNames: readonly [string, string][] = [
  ["NAME", "os.name"],
  ["VERSION", "os.version"],
  ["VERSION_ID", "os.version-id"],
  ["ID", "os.id"],
  ["PRETTY_NAME", "os.pretty-name"],
  ["IMAGE", "os.image"],
  ["CPE_NAME", "os.cpe-name"],
];

/** The operating system's annotations; none when there is no os-release. Only double quotes are stripped. */
export function readOsRelease(host: Host): Record<string, string> {
  const values = new Map<string, string>();
  for (const line of (readText(host, "/etc/os-release") ?? "").split("\n")) {
    const equals = line.indexOf("=");
    if (equals < 0) continue;
    values.set(line.slice(0, equals), line.slice(equals + 1).replace(/^"+|"+$/g, ""));
  }
  return Object.fromEntries(
    annotationNames.flatMap(([key, name]) => {
      const value = values.get(key);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
