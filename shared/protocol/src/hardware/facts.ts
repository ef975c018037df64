import type { Hardware } from "@elemental/api";
import { isJsonObject, type JsonObject, type JsonValue } from "../json/index.ts";

/** Bounds of `spec.hardware`: length of a text, number of disks and of network interfaces. */
const MAX_TEXT = 256;
const MAX_DEVICES = 64;

/**
 * The bounded, structured part of what a machine told (SystemDataV2, else the legacy `System Data`, else SMBIOS);
 * undefined when there is nothing to tell. Placeholders such as `unknown` are left out.
 */
export function hardwareFacts(data: JsonObject): Hardware | undefined {
  const hardware: Hardware = {
    ...section("system", {
      vendor: text(data, "Product/Vendor", "System Information/Manufacturer"),
      product: text(data, "Product/Name", "System Information/Product Name"),
      serialNumber: text(data, "Product/SerialNumber", "System Information/Serial Number"),
      uuid: text(data, "Product/UUID", "System Information/UUID"),
    }),
    ...section("bios", {
      vendor: text(data, "BIOS/Vendor", "BIOS Information/Vendor"),
      version: text(data, "BIOS/Version", "BIOS Information/Version"),
      date: text(data, "BIOS/Date", "BIOS Information/Release Date"),
    }),
    ...section("cpu", {
      model: text(data, "CPU/Processor/Model", "System Data/CPU/Model"),
      cores: count(data, "CPU/TotalCores", "System Data/CPU/Total Cores"),
      threads: count(data, "CPU/TotalThreads", "System Data/CPU/Total Threads"),
    }),
    ...some("memoryBytes", bytes(data, "Memory/TotalPhysicalBytes", "System Data/Memory/Total Physical Bytes")),
    ...some("disks", devices(data, ["Storage/Disks", "System Data/Block Devices"], disk)),
    ...some("nics", devices(data, ["Network/NICs", "System Data/Network"], nic)),
  };
  return Object.keys(hardware).length === 0 ? undefined : hardware;
}

function disk(item: JsonObject) {
  return {
    ...some("name", text(item, "Name")),
    ...some("model", text(item, "Model")),
    ...some("sizeBytes", bytes(item, "Size")),
  };
}

function nic(item: JsonObject) {
  const speed = /^([0-9]{1,9})(Mb\/s)?$/.exec(text(item, "Speed") ?? "")?.[1];
  return {
    ...some("name", text(item, "Name")),
    ...some("mac", text(item, "MacAddress")),
    ...some("speedMbps", speed === undefined ? undefined : Number(speed)),
  };
}

/** The devices of the first collection that has any. */
function devices<T extends { name?: string }>(
  data: JsonObject,
  paths: string[],
  read: (item: JsonObject) => T,
): T[] | undefined {
  return paths.map((path) => distinct(Object.values(at(data, path) ?? {}), read)).find((found) => found.length > 0);
}

/** Each device is listed under a number and again under its name. */
function distinct<T extends { name?: string }>(items: unknown[], read: (item: JsonObject) => T): T[] {
  const byName = new Map<string, T>();
  for (const device of items.filter(isJsonObject).map(read)) {
    if (device.name && !byName.has(device.name) && byName.size < MAX_DEVICES) byName.set(device.name, device);
  }
  return [...byName.values()];
}

function at(data: JsonObject, path: string): JsonValue | undefined {
  return path
    .split("/")
    .reduce<JsonValue | undefined>((value, key) => (isJsonObject(value) ? value[key] : undefined), data);
}

const placeholder = /^(unknown|none|unspecified|not .*|to be filled by o\.?e\.?m\.?|)$/i;

function text(data: JsonObject, ...paths: string[]): string | undefined {
  for (const path of paths) {
    const value = at(data, path);
    const trimmed = typeof value === "string" ? value.slice(0, MAX_TEXT).trim() : "";
    if (!placeholder.test(trimmed)) return trimmed;
  }
  return undefined;
}

function bytes(data: JsonObject, ...paths: string[]): number | undefined {
  const value = text(data, ...paths) ?? "";
  return /^[0-9]{1,16}$/.test(value) && Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
}

function count(data: JsonObject, ...paths: string[]): number | undefined {
  const value = bytes(data, ...paths);
  return value !== undefined && value > 0 && value < 2 ** 31 ? value : undefined;
}

function some<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}

function section<K extends string, V extends object>(key: K, members: V): { [P in K]?: V } {
  const present = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as V;
  return some(key, Object.keys(present).length === 0 ? undefined : present);
}
