import { stringifyJson } from "@elemental/api";
import type { OpenApiDocuments } from "../openapi/documents.ts";
import { swaggerDocument } from "../openapi/swagger.ts";
import { swaggerProtobuf } from "../openapi/swagger-protobuf.ts";
import type { Catalog } from "../resources/catalog.ts";
import { StatusError } from "../status/status-error.ts";
import { negotiate, parseAccept } from "./accept.ts";
import { type Exchange, sendBytes, sendObject, sendText } from "./respond.ts";

const root = "/openapi/v3";
// Written with a dot and, by older clients, with an at sign.
const protobufTypes = new Set(
  [".", "@"].map((sign) => `application/com.github.proto-openapi.spec.v2${sign}v1.0+protobuf`),
);

/** Where the documents come from. */
export interface OpenApi {
  documents: OpenApiDocuments;
  catalog: Catalog;
}

const yearMs = 365 * 24 * 3600 * 1000;

/** Answers the OpenAPI paths; false when the path is none of them. */
export function serveOpenApi(openApi: OpenApi, exchange: Exchange): boolean {
  const { documents } = openApi;
  const { path } = exchange;
  if (path === "/openapi/v2") serveSwagger(openApi, exchange);
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

function serveSwagger({ documents, catalog }: OpenApi, exchange: Exchange): void {
  const ranges = parseAccept(exchange.request.headers.accept);
  if (ranges.some(({ type }) => protobufTypes.has(type))) {
    sendBytes(exchange, 200, swaggerProtobuf(catalog), "application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
    return;
  }
  if (!negotiate(exchange.request.headers.accept, () => false)) {
    throw new StatusError(406, "NotAcceptable", "OpenAPI v2 is served as JSON and as protobuf", {});
  }
  sendText(exchange, 200, stringifyJson(swaggerDocument(documents.all())), "application/json");
}
