import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { inside } from "../place.ts";

/** How the agent reaches its plan. `token` is secret. */
export interface AgentConnection {
  /** URL below which the API is served; it may have a path. */
  server: string;
  ca: string | undefined;
  token: string;
  namespace: string;
  secretName: string;
}

const connectionFile = "/var/lib/elemental/agent/elemental_connection.json";

interface Kubeconfig {
  clusters: { name: string; cluster: { server: string; "certificate-authority-data"?: string } }[];
  contexts: { name: string; context: { cluster: string; user: string } }[];
  "current-context": string;
  users: { name: string; user: { token: string } }[];
}

/** Reads the connection that the register client delivered. Throws when it is missing or incomplete. */
export function readConnection(root: string): AgentConnection {
  const { kubeConfig, namespace, secretName } = JSON.parse(readFileSync(inside(root, connectionFile), "utf8")) as {
    kubeConfig: string;
    namespace: string;
    secretName: string;
  };
  const config = parse(kubeConfig) as Kubeconfig;
  const context = config.contexts.find(({ name }) => name === config["current-context"])?.context;
  const cluster = config.clusters.find(({ name }) => name === context?.cluster)?.cluster;
  const user = config.users.find(({ name }) => name === context?.user)?.user;
  if (!cluster || !user) throw new Error(`the kubeconfig in ${connectionFile} has no current cluster and user`);
  const ca = cluster["certificate-authority-data"];
  return {
    server: cluster.server.replace(/\/+$/, ""),
    ca: ca === undefined ? undefined : Buffer.from(ca, "base64").toString(),
    token: user.token,
    namespace,
    secretName,
  };
}
