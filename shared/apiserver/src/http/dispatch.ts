import type { PodLogs } from "../loopback.ts";
import type { OpenApiDocuments } from "../openapi/documents.ts";
import type { Registry } from "../registry/registry.ts";
import type { Resource, Verb } from "../resources/resource.ts";
import { methodNotAllowed, notServed } from "../status/errors.ts";
import { serveDiscovery } from "./discovery-routes.ts";
import { serveOpenApi } from "./openapi-routes.ts";
import { parseResourcePath, type ResourcePath } from "./request-info.ts";
import { type Exchange, sendObject, sendText } from "./respond.ts";
import { flag, type Scope } from "./scope.ts";
import { remove, removeCollection } from "./verbs/delete.ts";
import { log } from "./verbs/log.ts";
import { patch } from "./verbs/patch.ts";
import { get, list } from "./verbs/read.ts";
import { review } from "./verbs/review.ts";
import { watch } from "./verbs/watch.ts";
import { create, replace } from "./verbs/write.ts";
import { versionInfo } from "./version.ts";

/** What requests are answered from. */
export interface Backend {
  registry: Registry;
  podLogs: PodLogs | undefined;
  openApi: OpenApiDocuments;
}

type Handler = (scope: Scope) => void | Promise<void>;

const objectHandlers: Record<string, { verb: Verb; handle: Handler }> = {
  GET: { verb: "get", handle: get },
  HEAD: { verb: "get", handle: get },
  PUT: { verb: "update", handle: replace },
  PATCH: { verb: "patch", handle: patch },
  DELETE: { verb: "delete", handle: remove },
};

const collectionHandlers: Record<string, { verb: Verb; handle: Handler }> = {
  GET: { verb: "list", handle: (scope) => (flag(scope, "watch") ? watch(scope) : list(scope)) },
  HEAD: { verb: "list", handle: list },
  POST: { verb: "create", handle: (scope) => (scope.resource.isQuestion ? review(scope) : create(scope)) },
  DELETE: { verb: "deletecollection", handle: removeCollection },
};

const healthPaths = /^\/(healthz|livez|readyz)(\/ping)?$/;

/** Answers a request of the administrator. Throws StatusError. */
export async function dispatch(backend: Backend, exchange: Exchange): Promise<void> {
  if (serveOpen(exchange)) return;
  const isRead = exchange.request.method === "GET" || exchange.request.method === "HEAD";
  if (isRead && serveDiscovery(backend.registry.catalog, exchange)) return;
  if (isRead && serveOpenApi({ documents: backend.openApi, catalog: backend.registry.catalog }, exchange)) return;
  const path = parseResourcePath(exchange.path);
  if (path && path.plural !== "") {
    await dispatchResource(backend, exchange, path);
    return;
  }
  if (exchange.path.startsWith("/api")) throw notServed();
  sendText(exchange, 404, "404 page not found\n", "text/plain; charset=utf-8");
}

/** Answers what needs no credential; false when the path is something else. */
export function serveOpen(exchange: Exchange): boolean {
  if (exchange.path === "/version") sendObject(exchange, 200, versionInfo);
  else if (healthPaths.test(exchange.path)) sendText(exchange, 200, "ok", "text/plain; charset=utf-8");
  else return false;
  return true;
}

async function dispatchResource(backend: Backend, exchange: Exchange, path: ResourcePath): Promise<void> {
  const resource = backend.registry.catalog.find(path.group, path.version, path.plural);
  if (!resource || !fits(resource, path)) throw notServed();
  const { namespace, name, subresource } = path;
  const { registry, podLogs } = backend;
  const scope: Scope = { registry, podLogs, exchange, resource, namespace, name, subresource };
  const handler = handlerOf(exchange.request.method ?? "GET", scope);
  if (!handler || !resource.verbs.includes(handler.verb)) throw methodNotAllowed();
  if (resource.deprecation) exchange.warnings.push(resource.deprecation);
  await handler.handle(scope);
}

function fits(resource: Resource, { namespace, name, subresource }: ResourcePath): boolean {
  if (subresource !== "" && !resource.subresources.includes(subresource)) return false;
  if (!resource.namespaced) return namespace === "";
  return namespace !== "" || name === "";
}

function subresourceHandler(method: string, subresource: string) {
  if (subresource === "log") return method === "GET" ? { verb: "get" as const, handle: log } : undefined;
  if (subresource === "finalize" && method !== "PUT") return undefined;
  return method === "DELETE" ? undefined : objectHandlers[method];
}

function handlerOf(method: string, { name, namespace, resource, subresource }: Scope) {
  if (name !== "" && subresource === "") return objectHandlers[method];
  if (name !== "") return subresourceHandler(method, subresource);
  const isEverywhere = resource.namespaced && namespace === "";
  if (isEverywhere && method !== "GET" && method !== "HEAD") return undefined;
  return collectionHandlers[method];
}
