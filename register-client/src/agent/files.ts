import { encodeYaml, type SystemAgentConfig, type YamlNode } from "@elemental/protocol";
import type { YipFile } from "../install/yip.ts";

export const agentDirectories = ["/var/lib/elemental/agent", "/etc/rancher/elemental/agent"] as const;

const connectionFile = "/var/lib/elemental/agent/elemental_connection.json";

/** The files from which the system agent learns how to reach its plan (register-client-and-media 2.6); all secret. */
export function agentFiles(agent: SystemAgentConfig, caCert: string): YipFile[] {
  return [
    { path: connectionFile, content: connection(agent, caCert) },
    { path: "/etc/rancher/elemental/agent/config.yaml", content: agentConfig },
    {
      path: "/etc/rancher/elemental/agent/envs",
      content: `CATTLE_AGENT_STRICT_VERIFY="${agent.strictTLSMode ?? false}"`,
    },
  ];
}

const agentConfig = encodeYaml(
  new Map<string, YamlNode>([
    ["workDirectory", "/var/lib/elemental/agent/work"],
    ["localPlanDirectory", "/var/lib/elemental/agent/plans"],
    ["appliedPlanDirectory", "/var/lib/elemental/agent/applied"],
    ["remoteEnabled", true],
    ["connectionInfoFile", connectionFile],
  ]),
);

function connection(agent: SystemAgentConfig, caCert: string): string {
  return JSON.stringify({
    kubeConfig: kubeConfig(agent, caCert),
    namespace: agent["secret-namespace"] ?? "",
    secretName: agent["secret-name"] ?? "",
  });
}

function kubeConfig(agent: SystemAgentConfig, caCert: string): string {
  const cluster = new Map<string, YamlNode>();
  if (caCert !== "") cluster.set("certificate-authority-data", Buffer.from(caCert).toString("base64"));
  cluster.set("server", agent.url ?? "");
  const context = map({ cluster: "cluster", user: "user" });
  return encodeYaml(
    map({
      apiVersion: "v1",
      clusters: [map({ cluster, name: "cluster" })],
      contexts: [map({ context, name: "context" })],
      "current-context": "context",
      kind: "Config",
      users: [map({ name: "user", user: map({ token: agent.token ?? "" }) })],
    }),
  );
}

function map(members: Record<string, YamlNode>): Map<string, YamlNode> {
  return new Map(Object.entries(members));
}
