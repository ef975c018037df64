import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { ConnectionOptions } from "node:tls";
import { parse } from "yaml";
import { basic, bearer, type Credentials, messageOf, renewed, unusable } from "./credentials.ts";

interface Cluster {
  server?: string;
  "certificate-authority"?: string;
  "certificate-authority-data"?: string;
  "insecure-skip-tls-verify"?: boolean;
  "tls-server-name"?: string;
  "proxy-url"?: string;
}

interface User {
  "client-certificate"?: string;
  "client-certificate-data"?: string;
  "client-key"?: string;
  "client-key-data"?: string;
  token?: string;
  tokenFile?: string;
  username?: string;
  password?: string;
}

interface Kubeconfig {
  "current-context"?: string;
  contexts?: { name: string; context?: { cluster?: string; user?: string } }[];
  clusters?: { name: string; cluster?: Cluster }[];
  users?: { name: string; user?: User }[];
}

const plain = new Set([
  ...["client-certificate", "client-certificate-data", "client-key", "client-key-data"],
  ...["token", "tokenFile", "username", "password"],
]);

/**
 * The current context of a kubeconfig file with certificates, a token or a password; undefined when its user needs a
 * credential plugin or impersonates somebody. Throws a KubeError that says what is wrong with the file.
 */
export async function kubeconfigCredentials(path: string): Promise<Credentials | undefined> {
  const { cluster, user } = await currentContext(path);
  if (!cluster.server) throw unusable(path, "it has no current context with a cluster");
  if (Object.keys(user).some((field) => !plain.has(field))) return undefined;
  try {
    return {
      server: cluster.server.replace(/\/+$/, ""),
      tls: await tlsOf(path, cluster, user),
      proxy: cluster["proxy-url"],
      headers: await headersOf(path, user),
    };
  } catch (cause) {
    throw unusable(path, messageOf(cause), cause);
  }
}

async function currentContext(path: string): Promise<{ cluster: Cluster; user: User }> {
  let config: Kubeconfig;
  try {
    config = (parse(await readFile(path, "utf8")) ?? {}) as Kubeconfig;
  } catch (cause) {
    throw unusable(path, messageOf(cause), cause);
  }
  const named = config.contexts?.find(({ name }) => name === config["current-context"])?.context;
  const cluster = config.clusters?.find(({ name }) => name === named?.cluster)?.cluster ?? {};
  const user = config.users?.find(({ name }) => name === named?.user)?.user ?? {};
  return { cluster, user };
}

async function tlsOf(path: string, cluster: Cluster, user: User): Promise<ConnectionOptions> {
  const ca = await content(path, cluster["certificate-authority"], cluster["certificate-authority-data"]);
  const cert = await content(path, user["client-certificate"], user["client-certificate-data"]);
  const key = await content(path, user["client-key"], user["client-key-data"]);
  const servername = cluster["tls-server-name"];
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(servername && { servername }),
    ...(cluster["insecure-skip-tls-verify"] && { rejectUnauthorized: false }),
  };
}

async function headersOf(path: string, user: User): Promise<Credentials["headers"]> {
  const { token, tokenFile, username, password = "" } = user;
  if (tokenFile && !token) {
    const headers = renewed(async () => bearer(await readFile(resolve(dirname(path), tokenFile), "utf8")));
    await headers();
    return headers;
  }
  const fixed = token ? bearer(token) : username ? basic(username, password) : {};
  return async () => fixed;
}

async function content(path: string, file: string | undefined, data: string | undefined): Promise<Buffer | undefined> {
  if (data) return Buffer.from(data, "base64");
  return file ? readFile(resolve(dirname(path), file)) : undefined;
}
