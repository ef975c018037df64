/** Labels with a meaning; resources-and-controllers 1.5. */
export const labels = {
  /** `true` on what the services create: plan Secrets, and the RBAC objects of a registration. */
  managed: "elemental.cattle.io/managed",
  /** On a ManagedOSImage: the ManagedOSVersion it upgrades to. */
  managedOSVersionName: "elemental.cattle.io/managed-os-version-name",
  /** On a ManagedOSVersion: its channel. */
  channel: "elemental.cattle.io/channel",
  /** On a MachineInventory: addresses that the selector publishes. */
  externalIP: "elemental.cattle.io/ExternalIP",
  internalIP: "elemental.cattle.io/InternalIP",
  hostname: "elemental.cattle.io/Hostname",
  /** On the Pod of a SeedImage: its name. */
  appName: "app.kubernetes.io/name",
  clusterName: "cluster.x-k8s.io/cluster-name",
} as const;

/** Annotations with a meaning; resources-and-controllers 1.5. */
export const annotations = {
  /** On a plan Secret: one of `planTypes`. */
  planType: "elemental.cattle.io/plan.type",
  /** On a MachineInventory: exactly `true` resets the machine when the inventory is deleted. */
  resettable: "elemental.cattle.io/resettable",
  /** On a MachineInventory: exactly `true` lets it be deleted without a reset, because there is no machine any more. */
  machineGone: "elemental.cattle.io/machine-gone",
  /** On a MachineInventory: exactly `true` for a machine whose system is not installed by us. */
  osUnmanaged: "elemental.cattle.io/os.unmanaged",
  /** On a MachineInventory: exactly `true` approves a machine that waits for it. */
  approved: "elemental.cattle.io/approved",
  /** On a MachineRegistration: `true` lets machines register by another method than `auth` says. */
  allowAnyAuth: "elemental.cattle.io/allow-any-auth",
  /** On a MachineRegistration: `true` lets machines register whose inventory is in another namespace. */
  allowOtherNamespace: "elemental.cattle.io/allow-other-namespace",
  /** On a ManagedOSVersion: when the channel last had it, RFC 3339. */
  channelLastSync: "elemental.cattle.io/channel-last-sync",
  /** On a ManagedOSVersion: `true` once its channel no longer has it. */
  channelNoLongerInSync: "elemental.cattle.io/channel-no-longer-in-sync",
  /** On the Pod of a SeedImage: the base image it builds from. */
  baseImage: "elemental.cattle.io/base-image",
  /** On the Pod of a SeedImage: what all it builds from, as a hash, and the name of the image. */
  buildHash: "elemental.cattle.io/build-hash",
  outputName: "elemental.cattle.io/output-name",
  /** On a token Secret: its ServiceAccount. */
  serviceAccountName: "kubernetes.io/service-account.name",
  clonedFromName: "cluster.x-k8s.io/cloned-from-name",
  clonedFromGroupKind: "cluster.x-k8s.io/cloned-from-groupkind",
  /** Cluster API: reconcile nothing while it is there. */
  paused: "cluster.x-k8s.io/paused",
} as const;

export const finalizers = {
  machineInventory: "machineinventory.elemental.cattle.io",
  managedOSVersion: "managedosversion.elemental.cattle.io",
  /** Never added; removed where older versions left it. */
  legacyMachineRegistration: "machineregistration.elemental.cattle.io",
} as const;

export const secretTypes = {
  plan: "elemental.cattle.io/plan",
  serviceAccountToken: "kubernetes.io/service-account-token",
  /** Bootstrap data of Cluster API, under the key `value`; read only. */
  bootstrap: "rke.cattle.io/bootstrap",
} as const;

export const planTypes = { empty: "empty", bootstrap: "bootstrap", reset: "reset" } as const;
