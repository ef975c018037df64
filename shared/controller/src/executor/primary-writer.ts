import { type KubeObject, objectKey } from "@elemental/api";
import { diffMergePatch, isKubeError, type Patch } from "@elemental/kube";
import type { Controller, Operation } from "../contract.ts";
import type { ExecutorContext } from "./execution.ts";

type Primary = KubeObject & { status?: unknown };

/** Does the writes of one run and keeps the latest version of the reconciled object, the precondition of the next write. */
export class PrimaryWriter<P extends Primary, O, X> {
  readonly #controller: Controller<P, O, X>;
  readonly #context: ExecutorContext;
  #object: P;
  #lost = false;

  constructor(controller: Controller<P, O, X>, context: ExecutorContext, object: P) {
    this.#controller = controller;
    this.#context = context;
    this.#object = object;
  }

  /** The object as the last write left it. */
  get object(): P {
    return this.#object;
  }

  /** Whether a write found that the object does not exist any more. */
  get lost(): boolean {
    return this.#lost;
  }

  /** Whether the object is being deleted and we have no part in it (any more). */
  isReleased(): boolean {
    const { finalizer } = this.#controller;
    return finalizer !== undefined && this.#isDeleting() && !this.#finalizers().includes(finalizer);
  }

  async ensureFinalizer(): Promise<void> {
    const { finalizer } = this.#controller;
    if (finalizer === undefined || this.#isDeleting() || this.#finalizers().includes(finalizer)) return;
    await this.#writeFinalizers([...this.#finalizers(), finalizer]);
  }

  async dropFinalizer(): Promise<void> {
    const { finalizer } = this.#controller;
    if (finalizer === undefined || !this.#isDeleting() || !this.#finalizers().includes(finalizer)) return;
    await this.#writeFinalizers(this.#finalizers().filter((name) => name !== finalizer));
  }

  /** Writes the difference to the desired status; nothing when there is none, or when nothing is desired. */
  async writeStatus(desired: P["status"]): Promise<void> {
    if (desired === undefined) return;
    const status = diffMergePatch(this.#object.status ?? {}, desired as object);
    if (!status) return;
    const body = { metadata: { resourceVersion: this.#object.metadata.resourceVersion }, status };
    await this.#writePrimary("patchStatus", { type: "merge", body });
  }

  async apply(operation: Operation<X>): Promise<void> {
    if (operation.kind === "external") {
      await this.#controller.perform?.(operation.action, this.#object);
      return;
    }
    this.#context.wrote(operation.kind);
    const written = await this.#send(operation);
    if (written && this.#isPrimary(written)) this.#keep(written as P);
  }

  async #send(operation: Exclude<Operation<X>, { kind: "external" }>): Promise<KubeObject | undefined> {
    const { kube } = this.#context;
    switch (operation.kind) {
      case "create":
        return kube.create(operation.type, operation.object).catch((error: unknown) => {
          if (operation.tolerateExisting && isKubeError(error, "AlreadyExists")) return undefined;
          throw error;
        });
      case "patch":
        return kube.patch(operation.type, operation.key, operation.patch);
      case "patchStatus":
        return kube.patchStatus(operation.type, operation.key, operation.patch);
      case "apply":
        return kube.apply(operation.type, operation.object);
      case "delete":
        await kube.delete(operation.type, operation.key, operation.options);
        return undefined;
    }
  }

  #writeFinalizers(finalizers: string[]): Promise<void> {
    const { resourceVersion } = this.#object.metadata;
    return this.#writePrimary("patch", { type: "merge", body: { metadata: { resourceVersion, finalizers } } });
  }

  async #writePrimary(verb: "patch" | "patchStatus", patch: Patch): Promise<void> {
    const { kube, wrote } = this.#context;
    wrote(verb);
    try {
      this.#keep(await kube[verb](this.#controller.type, objectKey(this.#object), patch));
    } catch (error) {
      this.#lost = isKubeError(error, "NotFound");
      throw error;
    }
  }

  #keep(object: P): void {
    this.#object = object;
    this.#context.written(object);
  }

  #isPrimary(object: KubeObject): boolean {
    return object.metadata.uid !== undefined && object.metadata.uid === this.#object.metadata.uid;
  }

  #isDeleting(): boolean {
    return this.#object.metadata.deletionTimestamp !== undefined;
  }

  #finalizers(): string[] {
    return this.#object.metadata.finalizers ?? [];
  }
}
