import { connect, type Kube } from "@elemental/kube";
import { inject } from "vitest";

/**
 * The kubeconfig that a service has in a suite: of its own ServiceAccount with the chart's rights on a real
 * kube-apiserver, else the suite's own.
 */
export function accountOf(service: string): string {
  return inject("accounts")[service] ?? inject("kubeconfig");
}

/** Connects as a service does, under its own account where there is one. */
export function connectAs(service: string): Promise<Kube> {
  return connect({ kubeconfig: accountOf(service), userAgent: service, fieldManager: `elemental-${service}` });
}
