/** The controller or owner of an object; garbage collection deletes the dependent when its last owner is gone. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** Standard object metadata. Fields set by the API server are absent on objects that were not yet created. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
}

/** What every Kubernetes object has. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** A Kubernetes condition. Times are RFC 3339 with seconds; see resources-and-controllers 1.3. */
export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  reason: string;
  message: string;
  lastTransitionTime: string;
  observedGeneration?: number;
}

/** Identifies one object within its kind. `namespace` is the empty string for cluster-scoped kinds. */
export interface ObjectKey {
  namespace: string;
  name: string;
}

/**
 * Names a kind to the API server and carries its TypeScript type.
 * `group` is the empty string for core kinds; `kinds` in this package are the only instances.
 */
export interface ResourceType<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Never set: binds the object's type to its descriptor. */
  readonly object?: T;
}
