import { emptyMap, isJsonObject, type JsonObject, type JsonValue } from "./json/index.ts";

/**
 * Converts the text of `dmidecode` into the payload of the Smbios message (registration-protocol 5.2). Of several
 * handles of one type only the last survives; multi-line lists are arrays under keys that end with a colon. A line that
 * would turn a whole section into a list is ignored (register-client-and-media 3.1).
 */
export function parseSmbios(text: string): JsonObject {
  const root = emptyMap<JsonValue>();
  let path: string[] | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith("Handle ")) path = [];
    else if (path === undefined || closesBlock(line)) path = undefined;
    else path = readLine(root, path, line);
  }
  return root;
}

function closesBlock(line: string): boolean {
  return line.trim() === "" || line === "OEM-specific Type" || line === "End Of Table";
}

/** Stores one line and returns its path, from which the next line's is derived. */
function readLine(root: JsonObject, previous: string[], line: string): string[] {
  const depth = line.length - line.replace(/^\t+/, "").length;
  const separator = line.indexOf(": ");
  const name = (separator < 0 ? line : line.slice(0, separator)).trim();
  const value = separator < 0 ? "" : line.slice(separator + 2).trim();
  const path = [...previous.slice(0, depth), name];
  if (value !== "" || line.includes(":")) store(root, path, () => value);
  else if (path.length === 1) store(root, path, () => emptyMap<JsonValue>());
  else if (path.length > 2) store(root, path.slice(0, -1), (old) => (Array.isArray(old) ? [...old, name] : [name]));
  return path;
}

/** Sets what `make` returns for the present value at `path`; below a string or an array nothing is stored. */
function store(root: JsonObject, path: string[], make: (old: JsonValue | undefined) => JsonValue): void {
  let parent = root;
  for (const name of path.slice(0, -1)) {
    const child = parent[name] ?? emptyMap<JsonValue>();
    if (!isJsonObject(child)) return;
    parent[name] = child;
    parent = child;
  }
  const last = path.at(-1) ?? "";
  parent[last] = make(parent[last]);
}
