/** Files of /etc that are copied under another or the same name: name in the archive -> source. */
export const singleFiles: Readonly<Record<string, string>> = {
  "os-release": "/etc/os-release",
  "resolv.conf": "/etc/resolv.conf",
  hostname: "/etc/hostname",
  "elemental-agent-config.yaml": "/etc/rancher/elemental/agent/config.yaml",
  "rancher-agent-config.yaml": "/etc/rancher/agent/config.yaml",
};

export const elementalAppliedDirectory = "/var/lib/elemental/agent/applied";
export const rancherAgentConfig = "/etc/rancher/agent/config.yaml";
export const rancherAppliedDirectory = "/var/lib/rancher/agent/applied";
export const oemDirectories = ["/system/oem", "/oem"] as const;

const setupStages = ["boot", "fs", "initramfs", "network", "reconcile", "rootfs"];

/** Units or tags whose journal is kept. */
export const services: readonly string[] = [
  "elemental-system-agent",
  "rancher-system-agent",
  "k3s",
  "rke2",
  ...setupStages.map((stage) => `cos-setup-${stage}`),
  "cos-immutable-rootfs",
  ...setupStages.map((stage) => `elemental-setup-${stage}`),
  "elemental-rootfs",
  "elemental",
  "elemental-register",
  "elemental-register-install",
  "elemental-register-reset",
  "NetworkManager",
];

/** Programs whose version is kept: name in the archive -> command line. */
export const versionCommands: Readonly<Record<string, readonly [string, string[]]>> = {
  "elemental.version": ["elemental", ["version"]],
  "elemental-operator.version": ["elemental-operator", ["version"]],
  "elemental-register.version": ["elemental-register", ["version"]],
};

export const kubernetesKinds = [
  "pods",
  "secrets",
  "nodes",
  "services",
  "deployments",
  "plans",
  "apps",
  "jobs",
] as const;

export const kubernetesNamespaces = [
  "cattle-system",
  "kube-system",
  "ingress-nginx",
  "calico-system",
  "cattle-fleet-system",
] as const;
