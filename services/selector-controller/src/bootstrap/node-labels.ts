/** Labels of Kubernetes' own namespaces that a kubelet may give its node. */
const allowedKeys = new Set([
  "kubernetes.io/hostname",
  "kubernetes.io/os",
  "kubernetes.io/arch",
  "beta.kubernetes.io/os",
  "beta.kubernetes.io/arch",
  "beta.kubernetes.io/instance-type",
  "failure-domain.beta.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region",
  "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region",
]);
const reserved = /(^|\.)(kubernetes|k8s)\.io$/;
const allowedNamespace = /(^|\.)(kubelet|node)\.kubernetes\.io$/;

const name = /^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;
const domain = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/**
 * The labels of an inventory as `key=value` for `node-label+`, sorted by key so that the same labels give the same plan.
 * What a kubelet would refuse is left out, because it would not start; resources-and-controllers 2.3.4.
 */
export function nodeLabels(labels: Readonly<Record<string, string>> = {}): string[] {
  return Object.entries(labels)
    .filter(([key, value]) => isLabelKey(key) && (value === "" || name.test(value)) && isAllowed(key))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`);
}

function isAllowed(key: string): boolean {
  const namespace = key.includes("/") ? key.slice(0, key.indexOf("/")) : "";
  return !reserved.test(namespace) || allowedKeys.has(key) || allowedNamespace.test(namespace);
}

function isLabelKey(key: string): boolean {
  const [first = "", second, ...rest] = key.split("/");
  if (second === undefined) return name.test(first);
  return rest.length === 0 && first.length <= 253 && domain.test(first) && name.test(second);
}
