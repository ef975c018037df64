import type { IncomingHttpHeaders } from "node:http";
import { type ByteRange, parseRange } from "./ranges.ts";

export interface FileFacts {
  name: string;
  size: number;
  modified: Date;
}

export interface Answer {
  status: 200 | 206 | 304 | 412 | 416;
  headers: Record<string, string>;
  /** What of the file is sent; empty for an answer without content. */
  parts: ByteRange[];
}

/** Which part of `file` answers a GET or HEAD, or why none: conditions (RFC 9110, 13) and ranges (14). */
export function answer(method: "GET" | "HEAD", headers: IncomingHttpHeaders, file: FileFacts): Answer {
  const common = commonHeaders(file);
  if (!unmodifiedSince(headers["if-unmodified-since"], file.modified))
    return { status: 412, headers: common, parts: [] };
  if (notModifiedSince(headers["if-modified-since"], file.modified)) return { status: 304, headers: common, parts: [] };
  const whole = { status: 200, headers: withLength(common, file.size), parts: allOf(file) } as const;
  if (headers.range === undefined || method === "HEAD" || !rangeHolds(headers["if-range"], file)) return whole;
  const ranges = parseRange(headers.range, file.size);
  if (ranges === "whole") return whole;
  if (ranges === "unsatisfiable") {
    return { status: 416, headers: { ...common, "content-range": `bytes */${file.size}` }, parts: [] };
  }
  const [first] = ranges;
  if (ranges.length > 1 || !first) return { status: 206, headers: common, parts: ranges };
  const single = { ...common, "content-range": contentRange(first, file.size) };
  return { status: 206, headers: withLength(single, first.last - first.first + 1), parts: ranges };
}

export function contentRange({ first, last }: ByteRange, size: number): string {
  return `bytes ${first}-${last}/${size}`;
}

export function contentType(name: string): string {
  return name.endsWith(".sha256") ? "text/plain; charset=utf-8" : "application/octet-stream";
}

function commonHeaders({ name, modified }: FileFacts): Record<string, string> {
  return {
    "accept-ranges": "bytes",
    "content-type": contentType(name),
    "last-modified": modified.toUTCString(),
    "x-content-type-options": "nosniff",
    ...(!name.endsWith(".sha256") && { "content-disposition": disposition(name) }),
  };
}

function disposition(name: string): string {
  const quoted = name.replace(/[^\x20-\x7e]/g, "_").replace(/["\\]/g, "\\$&");
  return `attachment; filename="${quoted}"`;
}

function withLength(headers: Record<string, string>, length: number): Record<string, string> {
  return { ...headers, "content-length": String(length) };
}

function allOf({ size }: FileFacts): ByteRange[] {
  return size === 0 ? [] : [{ first: 0, last: size - 1 }];
}

/** HTTP dates have seconds. */
function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

function parsedSeconds(header: string | undefined): number | undefined {
  const time = Date.parse(header ?? "");
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000);
}

function unmodifiedSince(header: string | undefined, modified: Date): boolean {
  const since = parsedSeconds(header);
  return since === undefined || seconds(modified) <= since;
}

function notModifiedSince(header: string | undefined, modified: Date): boolean {
  const since = parsedSeconds(header);
  return since !== undefined && seconds(modified) <= since;
}

/** There are no entity tags, so only a date can hold. */
function rangeHolds(header: string | string[] | undefined, { modified }: FileFacts): boolean {
  if (header === undefined) return true;
  return typeof header === "string" && parsedSeconds(header) === seconds(modified);
}
