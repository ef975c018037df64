import {
  byCodePoint,
  encodeYaml,
  type JsonObject,
  type JsonValue,
  type YamlMap,
  type YamlNode,
} from "@elemental/protocol";

/** YAML of a JSON object with its keys sorted at every level. */
export function sortedYaml(object: JsonObject): string {
  return encodeYaml(sortedMap(object));
}

function sortedMap(object: JsonObject): YamlMap {
  const keys = Object.keys(object).sort(byCodePoint);
  return new Map(keys.map((key) => [key, sortedNode(object[key] ?? null)]));
}

function sortedNode(value: JsonValue): YamlNode {
  if (Array.isArray(value)) return value.map(sortedNode);
  return typeof value === "object" && value !== null ? sortedMap(value) : value;
}
