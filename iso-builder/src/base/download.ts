import { createWriteStream } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { BuildError, describe } from "../errors.ts";

export interface DownloadLimits {
  maxBytes: number;
  /** Longest silence of the server, before its answer and within it. */
  idleMs: number;
  attempts: number;
  /** Wait before the second attempt; doubled before each further one. */
  retryMs: number;
}

/** What tells one content of a URL from another, from the answer that brought it. */
export interface Validators {
  etag?: string;
  lastModified?: string;
}

export type DownloadResult = { changed: false } | { changed: true; bytes: number; validators: Validators };

export interface DownloadRequest {
  url: string;
  /** Written from its beginning at every attempt. */
  to: string;
  /** Of the copy there is: the answer may be that it is still right. */
  known?: Validators;
  limits: DownloadLimits;
}

export const defaultLimits: DownloadLimits = { maxBytes: 64 * 1024 ** 3, idleMs: 60_000, attempts: 5, retryMs: 1000 };

/** Downloads over HTTP, following redirects. Throws BuildError `BaseRefused` or, having tried again, `BaseUnavailable`. */
export async function download(request: DownloadRequest): Promise<DownloadResult> {
  const { attempts, retryMs } = request.limits;
  for (let attempt = 1; ; attempt++) {
    try {
      return await downloadOnce(request);
    } catch (error) {
      if (error instanceof BuildError) throw error;
      if (attempt >= attempts) {
        throw new BuildError("BaseUnavailable", `${request.url}: ${describe(error)} (tried ${attempt} times)`);
      }
      await delay(retryMs * 2 ** (attempt - 1));
    }
  }
}

async function downloadOnce({ url, to, known, limits }: DownloadRequest): Promise<DownloadResult> {
  const idle = new AbortController();
  const expire = () => idle.abort(new Error(`the server was silent for ${limits.idleMs} ms`));
  const timer = setTimeout(expire, limits.idleMs);
  try {
    const response = await fetch(url, { headers: conditions(known), signal: idle.signal });
    if (response.status === 304 && known) return { changed: false };
    if (!response.ok || !response.body) throw refused(url, response);
    let bytes = 0;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        timer.refresh();
        bytes += chunk.length;
        done(bytes > limits.maxBytes ? tooLarge(url, limits) : null, chunk);
      },
    });
    await pipeline(response.body, count, createWriteStream(to), { signal: idle.signal });
    return { changed: true, bytes, validators: validators(response) };
  } finally {
    clearTimeout(timer);
  }
}

function conditions(known: Validators | undefined): Record<string, string> {
  return {
    "accept-encoding": "identity",
    ...(known?.etag && { "if-none-match": known.etag }),
    ...(known?.lastModified && { "if-modified-since": known.lastModified }),
  };
}

function validators({ headers }: Response): Validators {
  const etag = headers.get("etag");
  const lastModified = headers.get("last-modified");
  return { ...(etag && { etag }), ...(lastModified && { lastModified }) };
}

function refused(url: string, { status }: Response): Error {
  const retriable = status >= 500 || status === 408 || status === 429;
  if (retriable) return new Error(`the server answered ${status}`);
  return new BuildError("BaseRefused", `${url}: the server answered ${status}: check spec.baseImage`);
}

function tooLarge(url: string, limits: DownloadLimits): Error {
  return new BuildError("BaseRefused", `${url} is larger than ${limits.maxBytes} bytes: raise spec.size`);
}
