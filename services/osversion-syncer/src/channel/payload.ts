import { isJsonObject, type ManagedOSVersionSpec, managedOSVersionSpec, parseJson } from "@elemental/api";
import { z } from "zod";
import { type Decoded, decoder } from "../json/decode.ts";
import { prefixRegistry } from "./registry.ts";

/** A version that the channel offers. */
export interface PayloadVersion {
  name: string;
  spec: ManagedOSVersionSpec;
}

export interface Payload {
  versions: PayloadVersion[];
  /** Every name in the list, those of unusable entries included. */
  names: ReadonlySet<string>;
  /** What is wrong with single entries; the others are used all the same. */
  problems: string[];
}

/** Largest list that is accepted. */
export const maxPayloadBytes = 8 * 1024 * 1024;

const entrySchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: managedOSVersionSpec.default({}),
});

const decodeEntry = decoder(entrySchema);
const decodeName = decoder(entrySchema.pick({ metadata: true }));

const dnsSubdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * Reads a channel's list of versions (resources-and-controllers 2.6.4); `registry` is put before their images.
 * Throws an Error when the whole is unusable; an unusable entry is a problem of its own.
 */
export function parsePayload(text: string, registry = ""): Payload {
  const versions: PayloadVersion[] = [];
  const names = new Set<string>();
  const problems: string[] = [];
  for (const [index, item] of parseList(text).entries()) {
    const { value, problem } = parseEntry(item, names);
    if (problem !== undefined) {
      problems.push(`entry ${index}: ${problem}`);
      continue;
    }
    const { spec, warning } = prefixRegistry(value.spec, registry);
    if (warning !== undefined) problems.push(`${value.name}: ${warning}`);
    versions.push({ name: value.name, spec });
  }
  return { versions, names, problems };
}

function parseList(text: string): unknown[] {
  if (Buffer.byteLength(text) > maxPayloadBytes) throw new Error("the channel's list is larger than 8 MiB");
  const list = parseText(text);
  if (!Array.isArray(list)) throw new Error("the channel's list is not a JSON array");
  return list;
}

function parseText(text: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new Error(`the channel's list is not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** Notes the entry's name in `names`, however unusable the rest is: its version did not leave the channel. */
function parseEntry(item: unknown, names: Set<string>): Decoded<PayloadVersion> {
  if (!isJsonObject(item)) return { problem: "not an object" };
  const { value: named } = decodeName(item);
  const name = named?.metadata.name;
  const isDuplicate = name !== undefined && names.has(name);
  if (name !== undefined) names.add(name);
  const { value: entry, problem } = decodeEntry(item);
  if (entry === undefined) return { problem };
  if (entry.metadata.name.length > 253 || !dnsSubdomain.test(entry.metadata.name)) {
    return { problem: `"${entry.metadata.name.slice(0, 253)}" is no name of an object` };
  }
  if (isDuplicate) return { problem: `${name} is there twice` };
  const type = entry.spec.type?.toLowerCase();
  if (type !== "container" && type !== "iso") {
    return { problem: `${name}: unexpected ManagedOSVersion type ${entry.spec.type ?? '""'}` };
  }
  return { value: { name: entry.metadata.name, spec: entry.spec } };
}
