import type { IncomingMessage } from "node:http";
import { parseJson } from "@elemental/api";
import { parse } from "yaml";
import { badRequest, requestTooLarge } from "../status/errors.ts";
import { StatusError } from "../status/status-error.ts";
import { duplicateFields } from "./duplicate-fields.ts";
import { decodeProtobuf, protobufMediaType } from "./protobuf/decode.ts";

/** Bytes of a request body; the limit of a real API server. */
export const bodyLimit = 3 * 1024 * 1024;

/** The whole body as text. Throws 413 when it is over the limit. */
export async function readBody(request: IncomingMessage): Promise<string> {
  return (await readBytes(request)).toString("utf8");
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) throw requestTooLarge(bodyLimit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The media type of the body, without parameters; JSON when the client does not say. */
export function contentType(request: IncomingMessage): string {
  const [type = ""] = (request.headers["content-type"] ?? "application/json").split(";");
  return type.trim().toLowerCase();
}

/** A body that was parsed, and the fields it says twice. */
export interface ParsedBody {
  value: unknown;
  duplicateFields: readonly string[];
}

/** Parses the body of a write and looks for duplicate fields. Throws 400 or 415. */
export async function parseObject(request: IncomingMessage): Promise<ParsedBody> {
  const type = contentType(request);
  const bytes = await readBytes(request);
  if (type === protobufMediaType) return { value: parseProtobuf(bytes), duplicateFields: [] };
  const text = bytes.toString("utf8");
  return { value: parseText(text, type), duplicateFields: type === "application/json" ? duplicateFields(text) : [] };
}

/** Parses a JSON or YAML body; undefined when it is empty. Throws 400 or 415. */
export async function parseBody(request: IncomingMessage): Promise<unknown> {
  return (await parseObject(request)).value;
}

function parseText(text: string, type: string): unknown {
  if (text.trim() === "") return undefined;
  if (type === "application/json") return parseJsonBody(text);
  if (type === "application/yaml") return parseYamlBody(text);
  throw unknownFormat();
}

function parseProtobuf(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  try {
    const object = decodeProtobuf(bytes);
    if (object) return object;
  } catch (error) {
    throw badRequest(`the object provided is unrecognized: ${messageOf(error)}`);
  }
  throw unknownFormat();
}

function unknownFormat(): StatusError {
  const accepted = "application/json, application/yaml";
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted}`;
  return new StatusError(415, "UnsupportedMediaType", message);
}

export function parseJsonBody(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw badRequest(`the object provided is unrecognized: json parse error: ${messageOf(error)}`);
  }
}

/** YAML with integers beyond 2^53 kept exact. Throws 400 whose message starts with `problem`. */
export function parseYamlBody(
  text: string,
  problem = "the object provided is unrecognized: yaml parse error",
): unknown {
  try {
    return parse(text, { reviver: (_key, value) => (isSmall(value) ? Number(value) : value), intAsBigInt: true });
  } catch (error) {
    throw badRequest(`${problem}: ${messageOf(error)}`);
  }
}

function isSmall(value: unknown): value is bigint {
  return typeof value === "bigint" && Number.isSafeInteger(Number(value));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
}
