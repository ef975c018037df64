import { parseTree } from "../config/tree.ts";
import { exists, readText } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import type { Log } from "../output/log.ts";
import type { SupportArchive } from "./archive.ts";
import { runQuietly } from "./run-programs.ts";
import { kubernetesKinds, kubernetesNamespaces } from "./sources.ts";

const k3sConfig = "/etc/rancher/k3s/k3s.yaml";
const rke2Config = "/etc/rancher/rke2/rke2.yaml";

/** Keeps what kubectl tells about the node's cluster, if the node is part of one. */
export async function collectKubernetes(host: Host, archive: SupportArchive, log: Log): Promise<void> {
  const kubeconfig = findKubeconfig(host);
  if (kubeconfig === undefined) {
    log.record("warning", "no single kubeconfig found, cluster data is left out");
    return;
  }
  const run = (...args: string[]) => runQuietly(host, findKubectl(host), ["--kubeconfig", kubeconfig, ...args]);
  for (const kind of kubernetesKinds) {
    const listed = await run("get", kind, "--all-namespaces", "-o", "wide", "--show-labels");
    archive.add(`${kind}-resource.log`, listed ? listed.stdout + listed.stderr : "");
    const described = await run("describe", kind, "--all-namespaces");
    archive.add(`${kind}-describe.log`, described ? described.stdout + described.stderr : "");
  }
  for (const namespace of kubernetesNamespaces) {
    const pods = await run("get", "pods", "-n", namespace, "-o", "name");
    const names = pods?.status === 0 ? pods.stdout.split("\n").filter(Boolean) : [];
    for (const name of names.map((line) => line.replace(/^pod\//, ""))) {
      const logs = await run("logs", "-n", namespace, name, "--all-containers");
      if (logs?.status === 0) archive.add(`${namespace}-${name}-logs.log`, logs.stdout);
    }
  }
}

function findKubeconfig(host: Host): string | undefined {
  const { KUBECONFIG } = host.env;
  if (KUBECONFIG) return KUBECONFIG;
  const found = [k3sConfig, rke2Config].filter((path) => exists(host, path));
  return found.length === 1 && found[0] !== undefined ? host.path(found[0]) : undefined;
}

function findKubectl(host: Host): string {
  const own = "/usr/local/bin/kubectl";
  return host.path(exists(host, own) ? own : `${rke2DataDirectory(host)}/bin/kubectl`);
}

function rke2DataDirectory(host: Host): string {
  const fallback = "/var/lib/rancher/rke2";
  try {
    const tree = parseTree(readText(host, "/etc/rancher/rke2/config.yaml.d/50-rancher.yaml") ?? "");
    const member = tree?.kind === "map" ? tree.members.get("data-dir") : undefined;
    return member?.kind === "scalar" && member.text !== "" ? member.text : fallback;
  } catch {
    return fallback;
  }
}
