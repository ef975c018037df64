import { rename, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { EnvHttpProxyAgent, fetch, type Response } from "undici";

export interface DownloadOptions {
  url: string;
  /** Written only when the whole body has arrived. */
  file: string;
  /** For everything, repetitions included. */
  timeoutMs: number;
  maxBytes?: number;
  /** Before the first repetition; doubled before each further one. */
  retryDelayMs?: number;
}

/** The download failed; the message names the URL without its credentials and query, and the cause. */
export class DownloadError extends Error {
  override readonly name = "DownloadError";
  readonly code = "Download";
  /** Whether a repetition may help. */
  readonly passing: boolean;

  constructor(message: string, options: ErrorOptions & { passing: boolean }) {
    super(message, options);
    this.passing = options.passing;
  }
}

// Proxies often refuse tunnels to anything but TLS, so that http URLs are asked of the proxy itself.
const proxies = new EnvHttpProxyAgent({ proxyTunnel: false });

const retries = 3;
const defaultMaxBytes = 8 * 1024 * 1024;

/** Fetches a URL into a file, through the proxies of the environment, repeating what may pass up to three times. Throws DownloadError. */
export async function download(options: DownloadOptions): Promise<void> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  const part = `${options.file}.part`;
  const body = await fetchWithRetries(options, signal);
  try {
    await writeFile(part, body);
    await rename(part, options.file);
  } catch (cause) {
    await rm(part, { force: true });
    throw new DownloadError(`cannot write ${options.file}: ${messageOf(cause)}`, { cause, passing: false });
  }
}

async function fetchWithRetries(options: DownloadOptions, signal: AbortSignal): Promise<Uint8Array> {
  for (let retry = 0; ; retry += 1) {
    try {
      return await fetchOnce(options, signal);
    } catch (error) {
      if (!(error instanceof DownloadError) || !error.passing || retry === retries || signal.aborted) throw error;
      await sleep((options.retryDelayMs ?? 1000) * 2 ** retry, undefined, { signal }).catch(() => {
        throw error;
      });
    }
  }
}

async function fetchOnce({ url, timeoutMs, maxBytes = defaultMaxBytes }: DownloadOptions, signal: AbortSignal) {
  const what = `GET ${publicPart(url)}`;
  try {
    const response = await fetch(url, { signal, dispatcher: proxies });
    if (response.status >= 400) {
      const message = `${what}: ${response.status} ${response.statusText}`.trim();
      throw new DownloadError(message, { passing: response.status >= 500 || response.status === 429 });
    }
    return await readBody(response, maxBytes, what);
  } catch (cause) {
    if (cause instanceof DownloadError) throw cause;
    const message = signal.aborted ? `no complete answer within ${timeoutMs / 1000} s` : messageOf(cause);
    throw new DownloadError(`${what}: ${message}`, { cause, passing: true });
  }
}

async function readBody(response: Response, maxBytes: number, what: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new DownloadError(`${what}: more than ${maxBytes} bytes`, { passing: false });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The URL as far as it may be shown. */
function publicPart(url: string): string {
  const parsed = URL.parse(url);
  return parsed
    ? `${parsed.origin === "null" ? `${parsed.protocol}//` : parsed.origin}${parsed.pathname}`
    : JSON.stringify(url);
}

/** The innermost cause: fetch itself only says that it failed. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? messageOf(error.cause) : error.message;
}
