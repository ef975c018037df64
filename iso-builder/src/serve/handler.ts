import type { IncomingMessage, ServerResponse } from "node:http";
import { answer } from "./answer.ts";
import type { Content } from "./content.ts";
import { send } from "./send.ts";

/** Answers one request; never rejects. `/` lists the files, any other path is a file's name. */
export async function handle(content: Content, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await route(content, request, response);
  } catch {
    // Before the headers a file could not be read; after them the receiver has gone or the file is damaged.
    if (response.headersSent) response.destroy();
    else text(response, 500, "the file cannot be read");
  }
}

async function route(content: Content, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method ?? "";
  if (method !== "GET" && method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return text(response, 405, "only GET and HEAD");
  }
  const name = fileName(request.url ?? "/");
  if (name === undefined) return text(response, 400, "not a path");
  const file = await content.find(name);
  if (file) return send(response, answer(method, request.headers, file), file, file.open);
  if (name === "") return listing(response, await content.names());
  text(response, 404, "not found");
}

/** The path without its leading slash and query; undefined when it is malformed or climbs. */
function fileName(url: string): string | undefined {
  try {
    const path = decodeURIComponent(url.split("?", 1)[0] ?? "");
    return path.split("/").includes("..") || path.includes("\0") ? undefined : path.replace(/^\/+/, "");
  } catch {
    return undefined;
  }
}

function listing(response: ServerResponse, names: string[]): void {
  const items = names.map((name) => `<li><a href="${encodeURIComponent(name)}">${escapeHtml(name)}</a></li>`);
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(`<!doctype html><title>Seed image</title><ul>${items.join("")}</ul>\n`);
}

function escapeHtml(value: string): string {
  return value.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function text(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(`${message}\n`);
}
