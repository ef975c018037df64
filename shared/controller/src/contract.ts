import type { KubeObject, ObjectKey, ResourceType } from "@elemental/api";
import type { DeleteOptions, EventInput, Patch } from "@elemental/kube";

/** One write, decided by `reconcile` and applied by the executor. `X` are a service's own external actions. */
export type Operation<X = never> =
  | { kind: "create"; type: ResourceType; object: KubeObject /** AlreadyExists is fine. */; tolerateExisting?: boolean }
  | { kind: "patch"; type: ResourceType; key: ObjectKey; patch: Patch }
  | { kind: "patchStatus"; type: ResourceType; key: ObjectKey; patch: Patch }
  | { kind: "apply"; type: ResourceType; object: KubeObject }
  | { kind: "delete"; type: ResourceType; key: ObjectKey; options?: DeleteOptions }
  | { kind: "external"; action: X };

/** What a reconcile decided. Everything absent means "nothing to do". */
export interface Outcome<Status, X = never> {
  /** Applied in order; the first failure stops the rest. */
  operations?: Operation<X>[];
  /** The whole desired status; written only when it differs from the observed one. */
  status?: Status;
  /** The status is written before the operations: it must be known what they are about to do before they do it. */
  statusFirst?: boolean;
  events?: EventInput[];
  /** Look at the object again after this time. Waiting is a value, failing is an error. */
  requeueAfterMs?: number;
  /** The deletion work is done: the finalizer may go once all operations succeeded. */
  finalized?: boolean;
  /** Something the user must mend: the status is written, then the run counts as failed and backs off. */
  error?: Error;
}

/** A kind whose changes wake objects of the controller's own kind. */
export interface Source<S extends KubeObject = KubeObject> {
  type: ResourceType<S>;
  labelSelector?: string;
  fieldSelector?: string;
  /** Keys of the primary kind that a change concerns; `previous` and `current` as in kube's Change. */
  keysFor(change: { previous: S | undefined; current: S | undefined }): ObjectKey[];
}

/**
 * A controller is an object literal: `observe` does all reads, `reconcile` is pure and synchronous.
 * `P` is the reconciled kind, `O` what was observed, `X` the external actions of the service.
 */
export interface Controller<P extends KubeObject & { status?: unknown }, O, X = never> {
  /** Also the name of its queue, e.g. `machine-inventory`. */
  readonly name: string;
  readonly type: ResourceType<P>;
  /**
   * Ensured on every object that is not being deleted, before it is observed. An object being deleted without it is
   * left alone; a controller without finalizer sees objects being deleted, too.
   */
  readonly finalizer?: string;
  readonly sources?: readonly Source[];
  /** Whether a change of the object itself needs a run; default: anything but status and managed fields changed. */
  relevant?(previous: P, current: P): boolean;
  /** `object` is at least as new as our own last write. It and what comes from caches must not be changed. */
  observe(object: P): Promise<O>;
  /** Deterministic: the same observation gives the same messages, so that a settled object causes no writes. */
  reconcile(observed: O, now: Date): Outcome<P["status"], X>;
  /**
   * Turns a failed observe, operation or external action into the status to write; absent or undefined: unchanged.
   * A Conflict is no failure: the object is decided anew at once.
   */
  failed?(object: P, error: Error, now: Date): P["status"];
  perform?(action: X, object: P): Promise<void>;
}

/** An error that a retry cannot mend: the object is left alone until it changes. */
export class TerminalError extends Error {
  override readonly name = "TerminalError";
}
