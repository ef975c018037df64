import { stringifyJson } from "@elemental/api";
import type { OpenApiDocuments } from "../openapi/documents.ts";
import { swaggerDocument } from "../openapi/swagger.ts";
import { StatusError } from "../status/status-error.ts";
import { negotiate } from "./accept.ts";
import { type Exchange, sendObject, sendText } from "./respond.ts";

const root = "/openapi/v3";
const yearMs = 365 * 24 * 3600 * 1000;

/** Answers the OpenAPI paths; false when the path is none of them. */
export function serveOpenApi(documents: OpenApiDocuments, exchange: Exchange): boolean {
  const { path } = exchange;
  if (path === "/openapi/v2") serveSwagger(documents, exchange);
  else if (path === root || path === `${root}/`) serveIndex(documents, exchange);
  else if (path.startsWith(`${root}/`)) return serveDocument(documents, exchange, path.slice(root.length + 1));
  else return false;
  return true;
}

function serveIndex(documents: OpenApiDocuments, exchange: Exchange): void {
  const entries = documents
    .all()
    .map(({ path, hash }) => [path, { serverRelativeURL: `${root}/${path}?hash=${hash}` }] as const);
  sendObject(exchange, 200, { paths: Object.fromEntries(entries) });
}

function serveDocument(documents: OpenApiDocuments, exchange: Exchange, path: string): boolean {
  const document = documents.find(path);
  if (!document) return false;
  const { response, query } = exchange;
  response.setHeader("etag", `"${document.hash}"`);
  if (query.get("hash") === document.hash) {
    response.setHeader("cache-control", "public, immutable");
    response.setHeader("expires", new Date(Date.now() + yearMs).toUTCString());
  }
  sendText(exchange, 200, document.text, "application/json");
  return true;
}

function serveSwagger(documents: OpenApiDocuments, exchange: Exchange): void {
  if (!negotiate(exchange.request.headers.accept, () => false)) {
    throw new StatusError(406, "NotAcceptable", "OpenAPI v2 is served as application/json only", {});
  }
  sendText(exchange, 200, stringifyJson(swaggerDocument(documents.all())), "application/json");
}
