import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubeObject } from "@elemental/api";
import { parse, stringify } from "yaml";
import { helmMissing, tool } from "../chart/helm.ts";
import { render } from "../chart/render.ts";

/** The kubeconfig of each service, with the ServiceAccount and the rights that the chart gives it. */
export interface Accounts {
  /** Paths by the name of the service. */
  kubeconfigs: Record<string, string>;
  remove(): Promise<void>;
}

const name = "elemental-accounts";
const kinds = ["ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];
const services = [
  "registration-api",
  "inventory-controller",
  "selector-controller",
  "osversion-syncer",
  "seedimage-builder",
];

/**
 * Creates the accounts of the rendered chart, and tokens for them. Without helm there are none, and the suites run with
 * the rights they are given; which is said.
 */
export async function createAccounts(kubeconfig: string): Promise<Accounts> {
  if (helmMissing) {
    console.warn(`the services are not tested under their own accounts: ${helmMissing}`);
    return { kubeconfigs: {}, remove: async () => {} };
  }
  const directory = await mkdtemp(join(tmpdir(), "elemental-accounts-"));
  // The role that Cluster API aggregates has one name in all releases, and is no service's.
  const objects = (await render({}, { release: name, namespace: name })).filter(
    ({ kind, metadata }) => kinds.includes(kind) && metadata.name.startsWith(name),
  );
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
  await apply([namespace, ...objects], { directory, kubeconfig });
  const kubeconfigs: Record<string, string> = {};
  for (const service of services) {
    const token = await tool(
      "kubectl",
      ["create", "token", `${name}-${service}`, "-n", name, "--duration=12h"],
      kubeconfig,
    );
    kubeconfigs[service] = join(directory, service);
    await writeFile(kubeconfigs[service], withToken(await readFile(kubeconfig, "utf8"), token.trim()));
  }
  return { kubeconfigs, remove: () => rm(directory, { recursive: true, force: true }) };
}

async function apply(objects: Partial<KubeObject>[], where: { directory: string; kubeconfig: string }): Promise<void> {
  const file = join(where.directory, "accounts.json");
  await writeFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
  await tool("kubectl", ["apply", "-f", file], where.kubeconfig);
}

/** The same clusters, with a token for the user of every context. */
function withToken(text: string, token: string): string {
  const config = parse(text);
  const users = config.users.map((user: { name: string }) => ({ name: user.name, user: { token } }));
  return stringify({ ...config, users });
}
