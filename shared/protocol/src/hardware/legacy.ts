import { emptyMap, isJsonObject, type JsonObject, type JsonValue } from "../json/index.ts";

/**
 * Converts the host dump of clients 1.1.1 to 1.5 (message SystemData) into the `System Data` tree that templates of that
 * time use (registration-protocol 5.4, 5.5). Everything may be absent; unknown enum values become `Unknown` (H20).
 */
export function legacySystemData(dump: JsonObject): JsonObject {
  const section = (name: string) => object(dump[name]);
  return map({
    "System Data": map({
      Memory: memory(section("memory")),
      CPU: cpu(section("cpu")),
      GPU: gpu(section("gpu")),
      Network: network(section("network")),
      "Block Devices": block(section("block")),
      Runtime: map({ Hostname: string(section("runtime")["hostname"]) }),
    }),
  });
}

function memory(dump: JsonObject): JsonObject {
  return map({
    "Total Physical Bytes": number(dump["total_physical_bytes"]),
    "Total Usable Bytes": number(dump["total_usable_bytes"]),
  });
}

function cpu(dump: JsonObject): JsonObject {
  const first = object(list(dump["processors"])[0]);
  return map({
    "Total Cores": positive(dump["total_cores"]),
    "Total Threads": positive(dump["total_threads"]),
    Model: string(first["model"]),
    Vendor: string(first["vendor"]),
    Capabilities: Array.isArray(first["capabilities"]) ? first["capabilities"] : undefined,
  });
}

function gpu(dump: JsonObject): JsonObject {
  const pci = object(object(list(dump["cards"])[0])["pci"]);
  return map({ Model: string(object(pci["product"])["name"]), Vendor: string(object(pci["vendor"])["name"]) });
}

function network(dump: JsonObject): JsonObject {
  const nics = list(dump["nics"]).map(object);
  return map({
    "Number Interfaces": String(nics.length),
    ...byName(nics, (nic) =>
      map({ Name: string(nic["name"]), MacAddress: string(nic["mac_address"]), IsVirtual: flag(nic["is_virtual"]) }),
    ),
  });
}

function block(dump: JsonObject): JsonObject {
  const disks = list(dump["disks"]).map(object);
  return map({
    "Number Devices": String(disks.length),
    ...byName(disks, (disk) =>
      map({
        Size: number(disk["size_bytes"]),
        Name: string(disk["name"]),
        "Drive Type": spelled(driveTypes, disk["drive_type"]),
        "Storage Controller": spelled(controllers, disk["storage_controller"]),
        Removable: flag(disk["removable"]),
      }),
    ),
  });
}

const driveTypes = ["HDD", "FDD", "ODD", "SSD", "virtual"];
const controllers = ["IDE", "SCSI", "NVMe", "virtio", "MMC", "loop"];

function spelled(names: string[], value: JsonValue | undefined): string {
  const wanted = typeof value === "string" ? value.toLowerCase() : "";
  return names.find((name) => name.toLowerCase() === wanted) ?? "Unknown";
}

/** Members without a value are left out; the result has no prototype. */
function map(members: Record<string, JsonValue | undefined>): JsonObject {
  const result = emptyMap<JsonValue>();
  for (const [key, value] of Object.entries(members)) if (value !== undefined) result[key] = value;
  return result;
}

function byName(items: JsonObject[], convert: (item: JsonObject) => JsonObject): JsonObject {
  const named = items.flatMap((item) => (typeof item["name"] === "string" ? [[item["name"], convert(item)]] : []));
  return Object.fromEntries(named) as JsonObject;
}

function object(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : emptyMap();
}

function list(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function string(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function number(value: JsonValue | undefined): string | undefined {
  return typeof value === "number" || typeof value === "bigint" ? String(value) : undefined;
}

function positive(value: JsonValue | undefined): string | undefined {
  return value === 0 ? undefined : number(value);
}

function flag(value: JsonValue | undefined): string | undefined {
  return typeof value === "boolean" ? String(value) : undefined;
}
