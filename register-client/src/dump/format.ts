import { byCodePoint, encodeJson, isJsonObject, type JsonObject, type JsonValue } from "@elemental/protocol";
import type { DumpInvocation } from "../cli/invocation.ts";
import { sortedYaml } from "../config/text.ts";
import { stringLeaves } from "./flatten.ts";

const formats: Readonly<Record<DumpInvocation["format"], (data: JsonObject) => string>> = {
  labels,
  yaml: (data) => `${sortedYaml(data)}\n`,
  json: (data) => `${indentedJson(data, "")}\n`,
  "json-compact": (data) => `${encodeJson(data)}\n`,
};

/** Host data in one of the formats of `dumpdata` (register-client-and-media 1.10). */
export function formatDump(data: JsonObject, format: DumpInvocation["format"]): string {
  return formats[format](data);
}

/** Width of the column of variables. */
const COLUMN = 52;

function labels(data: JsonObject): string {
  return stringLeaves(data)
    .map(([path, value]) => [`\${${path}}`, value] as const)
    .sort(([left], [right]) => byCodePoint(left, right))
    .map(([variable, value]) => `${variable.padEnd(COLUMN)}: ${quoted(value)}\n`)
    .join("");
}

/** Double quotes with C-style escapes. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/\\u00([0-9a-f]{2})/g, "\\x$1");
}

function indentedJson(value: JsonValue, indent: string): string {
  const deeper = `${indent}  `;
  if (Array.isArray(value) && value.length > 0) {
    return `[\n${value.map((item) => deeper + indentedJson(item, deeper)).join(",\n")}\n${indent}]`;
  }
  if (!isJsonObject(value) || Object.keys(value).length === 0) return encodeJson(value);
  const members = Object.keys(value)
    .sort(byCodePoint)
    .map((key) => `${deeper}${encodeJson(key)}: ${indentedJson(value[key] ?? null, deeper)}`);
  return `{\n${members.join(",\n")}\n${indent}}`;
}
