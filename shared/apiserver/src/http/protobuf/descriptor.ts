import { MalformedProtobuf, wireFields } from "./wire.ts";

/** How the value of a field becomes JSON. */
export type FieldType =
  | "string"
  | "bytes"
  | "bool"
  | "int"
  | "time"
  | "intOrString"
  | { message: Descriptor }
  | { list: FieldType }
  | { map: "string" | "bytes" };

/** Field number -> JSON name and type, as Kubernetes' generated.proto files assign them. */
export type Descriptor = Readonly<Record<number, readonly [name: string, type: FieldType]>>;

const text = new TextDecoder("utf-8", { fatal: true });

/** Turns a message into the object that its JSON form would be; unknown fields are left out. Throws MalformedProtobuf. */
export function decodeMessage(bytes: Uint8Array, descriptor: Descriptor): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const { number, value } of wireFields(bytes)) {
    const field = descriptor[number];
    if (field) put(object, field[0], field[1], value);
  }
  return object;
}

function put(object: Record<string, unknown>, name: string, type: FieldType, value: bigint | Uint8Array): void {
  if (typeof type === "object" && "list" in type) {
    const list = (object[name] as unknown[] | undefined) ?? [];
    object[name] = [...list, decodeValue(type.list, value)];
    return;
  }
  if (typeof type === "object" && "map" in type) {
    const entry = decodeMessage(bytesOf(value), { 1: ["key", "string"], 2: ["value", type.map] });
    const map = (object[name] as Record<string, unknown> | undefined) ?? {};
    object[name] = { ...map, [String(entry.key ?? "")]: entry.value ?? "" };
    return;
  }
  const decoded = decodeValue(type, value);
  // Go writes the zero value of every string and struct; its JSON leaves them out.
  if (decoded !== "" && decoded !== undefined) object[name] = decoded;
}

function decodeValue(type: FieldType, value: bigint | Uint8Array): unknown {
  if (type === "int" || type === "bool") {
    if (typeof value !== "bigint") throw new MalformedProtobuf("a number was expected");
    return type === "bool" ? value !== 0n : Number(value);
  }
  const bytes = bytesOf(value);
  if (type === "string") return utf8(bytes);
  if (type === "bytes") return Buffer.from(bytes).toString("base64");
  if (type === "time") return timeOf(bytes);
  if (type === "intOrString") return intOrString(bytes);
  if ("message" in type) return decodeMessage(bytes, type.message);
  throw new MalformedProtobuf("a list or map within a list");
}

function timeOf(bytes: Uint8Array): string | undefined {
  const { seconds } = decodeMessage(bytes, { 1: ["seconds", "int"] });
  return typeof seconds === "number" ? `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z` : undefined;
}

function intOrString(bytes: Uint8Array): number | string {
  const {
    type,
    int,
    text: string,
  } = decodeMessage(bytes, { 1: ["type", "int"], 2: ["int", "int"], 3: ["text", "string"] });
  return type === 1 ? String(string ?? "") : Number(int ?? 0);
}

function bytesOf(value: bigint | Uint8Array): Uint8Array {
  if (typeof value === "bigint") throw new MalformedProtobuf("bytes were expected");
  return value;
}

function utf8(bytes: Uint8Array): string {
  try {
    return text.decode(bytes);
  } catch (cause) {
    throw new MalformedProtobuf("a text is not UTF-8", { cause });
  }
}
