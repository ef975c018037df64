import { randomBytes } from "node:crypto";
import { charts, tool } from "./helm.ts";
import { type Values, valueFlags } from "./render.ts";

/** One installation of the operator chart on a cluster, under names that no other test has. */
export interface Release {
  name: string;
  namespace: string;
  /** Namespace of its channels. */
  fleet: string;
  helm(command: "install" | "upgrade" | "uninstall" | "rollback", values?: Values, flags?: string[]): Promise<string>;
  kubectl(args: string[]): Promise<string>;
  /** The ServiceAccount of a service, as a user name. */
  account(service: string): string;
}

/** Names a release; nothing is installed yet. */
export function release(kubeconfig: string): Release {
  const suffix = randomBytes(3).toString("hex");
  const [name, namespace, fleet] = [`elemental-${suffix}`, `system-${suffix}`, `fleet-${suffix}`];
  return {
    name,
    namespace,
    fleet,
    helm(command, values = {}, flags = []) {
      const chart = command === "install" || command === "upgrade" ? [charts.operator] : [];
      const wanted = chart.length > 0 ? valueFlags({ channelNamespace: fleet, ...values }) : [];
      return tool("helm", [command, name, ...chart, "-n", namespace, ...wanted, ...flags], kubeconfig);
    },
    kubectl: (args) => tool("kubectl", args, kubeconfig),
    account: (service) => `system:serviceaccount:${namespace}:${name}-${service}`,
  };
}
