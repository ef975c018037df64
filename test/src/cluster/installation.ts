import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { memoryStore, openAuthority } from "@elemental/apiserver";
import { registry, version } from "./images.ts";
import type { Shell } from "./shell.ts";

export const namespace = "cattle-elemental-system";
/** Where the host reaches the node's ports. */
const serverUrl = "https://10.200.0.1:30080";
const release = "elemental-operator";
const names: Record<string, string[]> = {
  door: ["10.200.0.1"],
  gateway: [`${release}-agent-gateway.${namespace}.svc`],
  redis: [`${release}-redis.${namespace}.svc`],
};

/** The charts on the cluster of `user`, with TLS on every connection between parts. */
export interface Installation {
  /** PEM, the authority of the door's certificate. */
  authority: string;
  definitions(command: "install" | "upgrade" | "uninstall" | "rollback", ...flags: string[]): Promise<string>;
  services(command: "install" | "upgrade", settings?: Record<string, unknown>): Promise<string>;
  uninstallServices(): Promise<string>;
}

export async function installation(user: Shell, directory: string): Promise<Installation> {
  const helm = (...args: string[]) => user.run("helm", [...args, "-n", namespace]);
  const authority = await openAuthority({ store: memoryStore(), commonName: "test" });
  const caFile = join(directory, "ca.crt");
  await writeFile(caFile, authority.certificate);
  return {
    authority: authority.certificate,
    async definitions(command, ...flags) {
      const chart =
        command === "install" || command === "upgrade"
          ? ["charts/elemental-crds", ...set({ registryUrl: registry })]
          : [];
      if (command === "install") await prepareNamespace(user, directory, authority);
      return helm(command, "elemental-operator-crds", ...chart, ...flags);
    },
    services(command, settings = {}) {
      const all = { ...base, ...settings };
      const flags = ["--wait", "--timeout", "5m", "--set-file", `server.caCert=${caFile}`, ...set(all)];
      return helm(command, release, "charts/elemental-operator", ...flags);
    },
    uninstallServices: () => helm("uninstall", release, "--wait"),
  };
}

const base = {
  registryUrl: registry,
  "redis.builtin.image.repository": `${registry}/valkey`,
  "redis.builtin.image.tag": "test",
  "redis.builtin.tlsSecretName": "redis-tls",
  "agentGateway.tlsSecretName": "gateway-tls",
  "tls.secretName": "door-tls",
  "server.url": serverUrl,
  "service.type": "NodePort",
  "service.nodePort": 30080,
  "defaultChannels.slMicro62Baremetal.enabled": false,
  "image.tag": version,
};

function set(settings: Record<string, unknown>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
}

/** The namespace under Pod Security `restricted`, with the certificates. */
async function prepareNamespace(
  { run }: Shell,
  directory: string,
  authority: Awaited<ReturnType<typeof openAuthority>>,
): Promise<void> {
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  const object = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } };
  await run("kubectl", ["apply", "-f", "-"], JSON.stringify(object));
  for (const [name, hosts] of Object.entries(names)) {
    const { certificate, key } = await authority.credential(name, { commonName: name, hosts });
    const data = { "tls.crt": certificate, "tls.key": key, "ca.crt": authority.certificate };
    for (const [file, text] of Object.entries(data)) await writeFile(join(directory, file), text);
    const files = Object.keys(data).map((file) => `--from-file=${join(directory, file)}`);
    await run("kubectl", ["-n", namespace, "create", "secret", "generic", `${name}-tls`, ...files]);
  }
}
