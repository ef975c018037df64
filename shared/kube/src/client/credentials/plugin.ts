import type { RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { KubeError } from "../../errors.ts";
import { basic, type Credentials, messageOf, renewed, unusable } from "./credentials.ts";

/**
 * The current context of a kubeconfig whose user has a credential plugin or a login of a cloud. The client library is
 * loaded for these only: with its models of every kind it costs half a second and 90 MB.
 */
export async function pluginCredentials(path: string): Promise<Credentials> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromFile(path);
  const cluster = config.getCurrentCluster();
  if (!cluster) throw unusable(path, "it has no current context with a cluster");
  const { ca, cert, key, servername, rejectUnauthorized } = await requestOptions(config);
  const tls = Object.entries({ ca, cert, key, servername, rejectUnauthorized }).filter(
    ([, value]) => value !== undefined,
  );
  return {
    server: cluster.server.replace(/\/+$/, ""),
    tls: Object.fromEntries(tls),
    proxy: cluster.proxyUrl,
    headers: renewed(async () => headersOf(await requestOptions(config))),
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
  const headers = Object.entries(options.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  const [username = "", password = ""] = options.auth?.split(":") ?? [];
  return { ...Object.fromEntries(headers), ...(options.auth && basic(username, password)) };
}
