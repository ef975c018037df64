import { chassisDescription } from "./chassis-types.ts";
import { readText } from "./files.ts";
import type { Host } from "./host.ts";

export interface Product {
  family: string;
  name: string;
  sku: string;
  serialNumber: string;
  uuid: string;
  vendor: string;
  version: string;
}

export interface Bios {
  date: string;
  vendor: string;
  version: string;
}

export interface Baseboard {
  assetTag: string;
  product: string;
  serialNumber: string;
  vendor: string;
  version: string;
}

export interface Chassis {
  assetTag: string;
  serialNumber: string;
  type: string;
  typeDescription: string;
  vendor: string;
  version: string;
}

/** One item of the kernel's DMI directory, `unknown` when it cannot be read. */
export function readDmi(host: Host, item: string): string {
  return readText(host, `/sys/class/dmi/id/${item}`)?.trim() ?? "unknown";
}

export function readProduct(host: Host): Product {
  return {
    family: readDmi(host, "product_family"),
    name: readDmi(host, "product_name"),
    sku: readDmi(host, "product_sku"),
    serialNumber: readDmi(host, "product_serial"),
    uuid: readDmi(host, "product_uuid"),
    vendor: readDmi(host, "sys_vendor"),
    version: readDmi(host, "product_version"),
  };
}

export function readBios(host: Host): Bios {
  return {
    date: readDmi(host, "bios_date"),
    vendor: readDmi(host, "bios_vendor"),
    version: readDmi(host, "bios_version"),
  };
}

export function readBaseboard(host: Host): Baseboard {
  return {
    assetTag: readDmi(host, "board_asset_tag"),
    product: readDmi(host, "board_name"),
    serialNumber: readDmi(host, "board_serial"),
    vendor: readDmi(host, "board_vendor"),
    version: readDmi(host, "board_version"),
  };
}

export function readChassis(host: Host): Chassis {
  const type = readDmi(host, "chassis_type");
  return {
    assetTag: readDmi(host, "chassis_asset_tag"),
    serialNumber: readDmi(host, "chassis_serial"),
    type,
    typeDescription: chassisDescription(type),
    vendor: readDmi(host, "chassis_vendor"),
    version: readDmi(host, "chassis_version"),
  };
}
