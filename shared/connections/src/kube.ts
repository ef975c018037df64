import { connect, type Kube } from "@elemental/kube";
import { type CommonConfig, requestMetrics, type ServiceContext } from "@elemental/service";

export interface KubeOptions {
  /** The service; audit logs and managed fields name it. */
  name: string;
  version: string;
  /** How long one request, and one operation with its retries, may take in milliseconds; the client's own defaults otherwise. */
  requestTimeoutMs?: number;
  deadlineMs?: number;
}

/** The service's connection to the Kubernetes API, counted in its metrics; closed when the service ends. */
export async function openKube(
  { config, log, registry, onClose }: ServiceContext<CommonConfig>,
  { name, version, ...limits }: KubeOptions,
): Promise<Kube> {
  const kube = await connect({
    kubeconfig: config.kubeconfig ?? "in-cluster",
    userAgent: `elemental-${name}/${version}`,
    fieldManager: `elemental-${name}`,
    ...limits,
    report: (error) => log.warn({ error }, "retrying in the background"),
    onRequest: requestMetrics(registry),
  });
  onClose("Kubernetes client", () => kube.close());
  return kube;
}
