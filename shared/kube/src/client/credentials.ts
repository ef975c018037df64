import type { RequestOptions } from "node:https";
import type { ConnectionOptions } from "node:tls";
import type { KubeConfig } from "@kubernetes/client-node";
import { KubeError } from "../errors.ts";

/** Where the API server is, and how to prove who we are. */
export interface Credentials {
  /** Without a slash at the end; may have a path. */
  server: string;
  tls: ConnectionOptions;
  proxy: string | undefined;
  /** Headers of every request. Tokens are renewed when they are old, or at once when `renew` is set. */
  headers(renew?: boolean): Promise<Record<string, string>>;
}

// Tokens of in-cluster accounts and of credential plugins live for minutes at least.
const renewalMs = 60_000;

/** Reads a kubeconfig file, or the service account of the Pod. Throws a KubeError that says what is missing. */
export async function loadCredentials(source: string): Promise<Credentials> {
  // The library is loaded here because it brings models of every kind, and only its configuration is used.
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  try {
    if (source === "in-cluster") config.loadFromCluster();
    else config.loadFromFile(source);
  } catch (cause) {
    throw new KubeError("Unavailable", `Cannot read the kubeconfig ${source}: ${messageOf(cause)}`, { cause });
  }
  const cluster = config.getCurrentCluster();
  if (!cluster?.server || cluster.server.includes("undefined")) {
    const hint = source === "in-cluster" ? "this process runs in no Pod" : "it has no current context with a cluster";
    throw new KubeError("Unavailable", `The kubeconfig ${source} names no API server: ${hint}.`);
  }
  const options = await requestOptions(config);
  return {
    server: cluster.server.replace(/\/+$/, ""),
    tls: tlsOf(options),
    proxy: cluster.proxyUrl,
    headers: renewingHeaders(config, headersOf(options)),
  };
}

function renewingHeaders(config: KubeConfig, first: Record<string, string>): Credentials["headers"] {
  const user = config.getCurrentUser();
  const renewable = Boolean(user?.authProvider ?? user?.exec);
  let headers = first;
  let renewedAt = Date.now();
  return async (renew = false) => {
    if (renewable && (renew || Date.now() - renewedAt > renewalMs)) {
      headers = headersOf(await requestOptions(config));
      renewedAt = Date.now();
    }
    return headers;
  };
}

async function requestOptions(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (cause) {
    throw new KubeError("Unauthorized", `Cannot get credentials for the API server: ${messageOf(cause)}`, { cause });
  }
  return options;
}

function headersOf(options: RequestOptions): Record<string, string> {
  const headers = Object.fromEntries(
    Object.entries(options.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  if (!options.auth) return headers;
  return { ...headers, authorization: `Basic ${Buffer.from(options.auth).toString("base64")}` };
}

function tlsOf(options: RequestOptions): ConnectionOptions {
  const { ca, cert, key, servername, rejectUnauthorized } = options;
  return Object.fromEntries(
    Object.entries({ ca, cert, key, servername, rejectUnauthorized }).filter(([, value]) => value !== undefined),
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
