import type { JsonObject } from "@elemental/protocol";
import { listNames, readText } from "../files.ts";
import type { Host } from "../host.ts";
import { udevProperties } from "../storage.ts";

const SECTOR_BYTES = 512n;

/** The partitions of a disk in byte order of their names. */
export function readPartitions(host: Host, disk: string): JsonObject[] {
  const directory = `/sys/block/${disk}`;
  const mounts = readMounts(host);
  return listNames(host, directory)
    .filter((name) => readText(host, `${directory}/${name}/partition`) !== undefined)
    .map((name) => {
      const read = (file: string) => readText(host, `${directory}/${name}/${file}`)?.trim() ?? "";
      const udev = udevProperties(host, read("dev"));
      const mount = mounts.get(`/dev/${name}`);
      return {
        Name: name,
        Label: udev.get("ID_PART_ENTRY_NAME") ?? "unknown",
        MountPoint: mount?.target ?? "",
        SizeBytes: /^\d+$/.test(read("size")) ? BigInt(read("size")) * SECTOR_BYTES : 0n,
        Type: mount?.type ?? udev.get("ID_FS_TYPE") ?? "",
        IsReadOnly: mount?.readOnly ?? read("ro") === "1",
        UUID: udev.get("ID_PART_ENTRY_UUID") ?? "unknown",
        FilesystemLabel: udev.get("ID_FS_LABEL") ?? "unknown",
      };
    });
}

interface Mount {
  target: string;
  type: string;
  readOnly: boolean;
}

/** The first mount of each device. */
function readMounts(host: Host): Map<string, Mount> {
  const lines = (readText(host, "/proc/mounts") ?? "").split("\n").map((line) => line.split(" "));
  return new Map(
    lines
      .toReversed()
      .map(([device = "", target = "", type = "", options = ""]) => [
        device,
        { target, type, readOnly: options.split(",").includes("ro") },
      ]),
  );
}
