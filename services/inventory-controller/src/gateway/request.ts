import type { ObjectKey } from "@elemental/api";
import { badRequest, forbidden, GatewayRefusal } from "./status.ts";

/** Where a watch begins: `initial` with the current object as an event, `now`, or after a version. */
export type WatchStart = { kind: "initial" } | { kind: "now" } | { kind: "after"; version: number };

/** What an agent asks of its plan Secret. */
export type SecretRequest =
  /** `fresh` asks for the latest state instead of any. */
  | { kind: "get"; fresh: boolean }
  | { kind: "list" }
  | { kind: "watch"; start: WatchStart; bookmarks: boolean; timeoutSeconds: number | undefined }
  | { kind: "update" }
  | { kind: "patch" };

const secretPath = /^\/api\/v1\/namespaces\/([a-z0-9.-]+)\/secrets(?:\/([a-z0-9.-]+))?$/;

/** Understands a request for Secrets. Throws GatewayRefusal for everything but the machine's own plan Secret. */
export function parseSecretRequest(
  method: string,
  path: string,
  query: URLSearchParams,
  own: ObjectKey,
): SecretRequest {
  const [, namespace, name] = secretPath.exec(path) ?? [];
  if (namespace !== own.namespace) throw outside(own);
  if (name === undefined) return parseCollection(method, query, own);
  if (name !== own.name) throw outside(own);
  switch (method) {
    case "GET":
      return { kind: "get", fresh: query.get("resourceVersion") !== "0" };
    case "PUT":
      return { kind: "update" };
    case "PATCH":
      return { kind: "patch" };
    default:
      throw outside(own);
  }
}

function parseCollection(method: string, query: URLSearchParams, own: ObjectKey): SecretRequest {
  const selects = /^metadata\.name==?(.*)$/.exec(query.get("fieldSelector") ?? "")?.[1];
  if (method !== "GET" || selects !== own.name || query.get("labelSelector")) throw outside(own);
  if (!isTrue(query.get("watch"))) return { kind: "list" };
  const timeout = query.get("timeoutSeconds");
  return {
    kind: "watch",
    start: parseStart(query),
    bookmarks: isTrue(query.get("allowWatchBookmarks")),
    timeoutSeconds: timeout === null ? undefined : integer("timeoutSeconds", timeout),
  };
}

/** As the Kubernetes API: without a version, or with 0, a watch begins with the current state. */
function parseStart(query: URLSearchParams): WatchStart {
  if (isTrue(query.get("sendInitialEvents"))) {
    if (query.get("resourceVersionMatch") === "NotOlderThan") return { kind: "initial" };
    throw new GatewayRefusal(badRequest("sendInitialEvents requires resourceVersionMatch=NotOlderThan"));
  }
  const version = integer("resourceVersion", query.get("resourceVersion") || "0");
  if (version > 0) return { kind: "after", version };
  return query.get("sendInitialEvents") === "false" ? { kind: "now" } : { kind: "initial" };
}

function isTrue(value: string | null): boolean {
  return value === "true" || value === "1";
}

function integer(parameter: string, text: string): number {
  const value = Number(text);
  if (/^\d{1,15}$/.test(text)) return value;
  throw new GatewayRefusal(badRequest(`${parameter} is not a whole number`));
}

function outside({ namespace, name }: ObjectKey): GatewayRefusal {
  return new GatewayRefusal(forbidden(`this credential reaches only secrets "${name}" in namespace "${namespace}"`));
}
