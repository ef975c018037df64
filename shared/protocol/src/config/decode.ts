import { type Document, parseAllDocuments } from "yaml";
import { z } from "zod";
import { ProtocolError } from "../errors.ts";
import { emptyMap, isJsonObject, type JsonObject, type JsonValue, MAX_DEPTH, parseJson } from "../json/index.ts";
import { type ConfigDocument, elementalConfig } from "./schema.ts";

const networkConfig = z.object({
  configurator: z.string().default("none"),
  ipAddresses: z.record(z.string(), z.string()).default({}),
});

/**
 * Decodes the answer to Get (registration-protocol 7, client side). Unknown keys are ignored, `null` is as absent, only
 * the first YAML document is read. Free-form values may be lists of bytes (the original's form), `!!binary`, JSON text
 * or plain YAML. Throws `Malformed`, naming the first key that has a wrong type.
 */
export function decodeConfig(payload: Uint8Array): ConfigDocument {
  const document = parseYaml(payload);
  const network = check(networkConfig, document);
  return {
    elemental: check(elementalConfig, document["elemental"] ?? {}),
    "cloud-config": freeForm(document, "cloud-config"),
    network: { ...network, config: freeForm(document, "config") },
  };
}

/** Decodes the registration document of a plain GET, or a client's configuration file (registration-protocol 1.4). */
export function decodeElemental(yaml: Uint8Array): ConfigDocument["elemental"] {
  return check(elementalConfig, parseYaml(yaml)["elemental"] ?? {});
}

function check<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ProtocolError("Malformed", `configuration: ${issue?.path.join(".")}: ${issue?.message}`);
}

function parseYaml(yaml: Uint8Array): JsonObject {
  const text = Buffer.from(yaml).toString();
  const documents = parseAllDocuments(text, {
    intAsBigInt: true,
    customTags: ["binary"],
    version: "1.2",
    prettyErrors: false,
  });
  const [document] = "empty" in documents ? [] : documents;
  const [error] = document?.errors ?? [];
  if (error) throw new ProtocolError("Malformed", `configuration: ${error.message}`);
  const root = plain(contentsOf(document), 0);
  if (!isJsonObject(root)) throw new ProtocolError("Malformed", "configuration: a mapping is required");
  return root;
}

/** The YAML library throws for aliases without anchor, for aliases that multiply, and when its stack ends. */
function contentsOf(document: Document | undefined): unknown {
  try {
    return document?.toJS({ mapAsMap: true }) ?? new Map();
  } catch (cause) {
    throw new ProtocolError("Malformed", "configuration: a wrong alias, too many of them, or nested too deeply", {
      cause,
    });
  }
}

/** Turns what the YAML library returns into JSON values. Bytes stay bytes until `freeForm` reads them as JSON. */
function plain(value: unknown, depth: number): JsonValue {
  if (depth > MAX_DEPTH) throw new ProtocolError("Malformed", `configuration: nested deeper than ${MAX_DEPTH}`);
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  if (!(value instanceof Map)) return value as JsonValue;
  const map = emptyMap<JsonValue>();
  for (const [key, member] of value) {
    if (member !== null) map[String(key)] = plain(member, depth + 1);
  }
  return map;
}

function freeForm(document: JsonObject, key: string): JsonObject {
  const value = document[key] ?? emptyMap<JsonValue>();
  if (!isJsonObject(value)) throw new ProtocolError("Malformed", `configuration: ${key}: a mapping is required`);
  const decoded = emptyMap<JsonValue>();
  for (const [name, member] of Object.entries(value)) decoded[name] = unwrap(member, `${key}.${name}`);
  return decoded;
}

/** Undoes the wrapping of a free-form value (registration-protocol 7.4). */
function unwrap(value: JsonValue, path: string): JsonValue {
  const isWrapper =
    isJsonObject(value) && "raw" in value && Object.keys(value).every((k) => k === "raw" || k === "object");
  if (!isWrapper) return value;
  const raw = value["raw"];
  const bytes = typeof raw === "string" ? Buffer.from(raw) : byteList(raw);
  if (bytes === undefined) throw new ProtocolError("Malformed", `configuration: ${path}.raw: bytes are required`);
  return bytes.length === 0 ? null : parseJson(bytes);
}

function byteList(value: JsonValue | undefined): Uint8Array | undefined {
  const isByte = (item: JsonValue) => typeof item === "number" && Number.isInteger(item) && item >= 0 && item <= 255;
  return Array.isArray(value) && value.every(isByte) ? Uint8Array.from(value as number[]) : undefined;
}
