/** What a request path says. */
export interface ResourcePath {
  group: string;
  version: string;
  /** Empty for a discovery path. */
  plural: string;
  /** Empty for cluster-scoped collections and for lists over all namespaces. */
  namespace: string;
  name: string;
  subresource: string;
}

/** Reads `/api/VERSION/...` and `/apis/GROUP/VERSION/...`; undefined for any other path. */
export function parseResourcePath(path: string): ResourcePath | undefined {
  const [root, ...parts] = path
    .split("/")
    .filter((part) => part !== "")
    .map(decodePart);
  if (root !== "api" && root !== "apis") return undefined;
  const group = root === "api" ? "" : parts.shift();
  const version = parts.shift();
  if (group === undefined || version === undefined) return undefined;
  const namespaced = parts[0] === "namespaces" && parts.length > 2 && !isNamespaceSubresource(parts);
  const namespace = namespaced ? (parts[1] ?? "") : "";
  const [plural = "", name = "", ...subresource] = namespaced ? parts.slice(2) : parts;
  return { group, version, plural, namespace, name, subresource: subresource.join("/") };
}

function isNamespaceSubresource(parts: readonly string[]): boolean {
  return parts.length === 3 && (parts[2] === "status" || parts[2] === "finalize");
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
