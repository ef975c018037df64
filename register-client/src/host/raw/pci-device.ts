import { basename } from "node:path";
import type { JsonObject } from "@elemental/protocol";
import { readLink, readText } from "../files.ts";
import type { Host } from "../host.ts";

const identifiers =
  /^pci:v0000(?<vendor>\w{4})d0000(?<product>\w{4})(?:sv0000(?<subvendor>\w{4})sd0000(?<subproduct>\w{4}))?(?:bc(?<kind>\w{2})sc(?<subkind>\w{2})i(?<programming>\w{2}))?/i;

/** All that the kernel and `pci.ids` tell about a device; names are `unknown` where the database has none. */
export function describePciDevice(host: Host, address: string, database: string): JsonObject {
  const directory = `/sys/bus/pci/devices/${address}`;
  const ids = identifiers.exec(readText(host, `${directory}/modalias`)?.toLowerCase() ?? "")?.groups ?? {};
  const { vendor = "", product = "", subvendor = "", subproduct = "" } = ids;
  const { kind = "", subkind = "", programming = "" } = ids;
  const ofVendor = sectionOf(database, vendor);
  const ofProduct = sectionOf(ofVendor.body, `\t${product}`);
  const ofKind = sectionOf(database, `C ${kind}`);
  const ofSubkind = sectionOf(ofKind.body, `\t${subkind}`);
  return {
    Address: address,
    Driver: basename(readLink(host, `${directory}/driver`) ?? ""),
    Revision: readText(host, `${directory}/revision`)?.trim() ?? "",
    Vendor: { ID: vendor, Name: ofVendor.name },
    Product: { ID: product, VendorID: vendor, Name: ofProduct.name },
    Subsystem: {
      ID: subproduct,
      VendorID: subvendor,
      Name: sectionOf(ofProduct.body, `\t\t${subvendor} ${subproduct}`).name,
    },
    Class: { ID: kind, Name: ofKind.name },
    Subclass: { ID: subkind, Name: ofSubkind.name },
    ProgrammingInterface: { ID: programming, Name: sectionOf(ofSubkind.body, `\t\t${programming}`).name },
  };
}

/** The name behind `key` at the start of a line, and the lines below it that are indented deeper. */
function sectionOf(text: string, key: string): { name: string; body: string } {
  const depth = /^\t*/.exec(key)?.[0].length ?? 0;
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.toLowerCase().startsWith(`${key.toLowerCase()}  `));
  if (start < 0) return { name: "unknown", body: "" };
  const rest = lines.slice(start + 1);
  const end = rest.findIndex(
    (line) => line !== "" && !line.startsWith("#") && !line.startsWith("\t".repeat(depth + 1)),
  );
  return {
    name: lines[start]?.slice(key.length).trim() ?? "unknown",
    body: rest.slice(0, end < 0 ? undefined : end).join("\n"),
  };
}
