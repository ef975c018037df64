import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { bearer, type Credentials, messageOf, renewed, unusable } from "./credentials.ts";

const directory = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The service account of the Pod that this process runs in. */
export async function inClusterCredentials(): Promise<Credentials> {
  const source = "in-cluster";
  // biome-ignore lint/style/noProcessEnv: not a setting of ours: the kubelet tells Pods so where the API server is.
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = "443" } = process.env;
  if (!host || !existsSync(`${directory}/token`)) throw unusable(source, "this process runs in no Pod");
  const headers = renewed(async () => bearer(await readFile(`${directory}/token`, "utf8")));
  try {
    await headers();
    const ca = await readFile(`${directory}/ca.crt`);
    return { server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`, tls: { ca }, headers };
  } catch (cause) {
    throw unusable(source, messageOf(cause), cause);
  }
}
