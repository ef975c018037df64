import { createHash, timingSafeEqual } from "node:crypto";
import { credentialHashes, type MachineInventory, machineInventories, objectKey, useCredential } from "@elemental/api";
import { diffMergePatch, type Informer, isKubeError, type Writer } from "@elemental/kube";
import type { Standing } from "../admission/standing.ts";
import { byCredential } from "../watches.ts";
import { type PlanOwner, planOwner } from "./plan-owner.ts";

export interface AuthenticatorDeps {
  inventories: Informer<MachineInventory>;
  standing: Standing;
  kube: Pick<Writer, "patch">;
  report(error: unknown): void;
}

/** Tells machines by their tokens, and makes a token void once a later one of the same machine was used. */
export class Authenticator {
  readonly #deps: AuthenticatorDeps;
  readonly #listeners = new Set<(hash: string) => void>();
  /** Hashes that a later token made void and that the watch still shows, by the later token's hash. */
  readonly #voided = new Map<string, string>();
  readonly #unsubscribes: (() => void)[];

  constructor(deps: AuthenticatorDeps) {
    this.#deps = deps;
    const unfollow = deps.inventories.onChange(({ previous, current }) => {
      const sameLife = previous?.metadata.uid === current?.metadata.uid;
      const left = new Set(sameLife ? credentialHashes(current?.spec?.credential) : []);
      for (const hash of credentialHashes(previous?.spec?.credential)) {
        if (!left.has(hash)) this.#revoke(hash);
      }
    });
    // The token stays what it is, for the day when the machine is admitted again.
    const unwatch = deps.standing.onShutOut(({ spec }) => {
      for (const hash of credentialHashes(spec?.credential)) this.#announce(hash);
    });
    this.#unsubscribes = [unfollow, unwatch];
  }

  /** The machine whose token is in the Authorization header; undefined for everybody else. */
  authenticate(authorization: string | undefined): PlanOwner | undefined {
    const token = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) return undefined;
    const hash = createHash("sha256").update(token).digest("hex");
    const [inventory, ...others] = this.#deps.inventories.byIndex(byCredential, hash);
    if (inventory === undefined || others.length > 0 || this.#voided.has(hash)) return undefined;
    if (!credentialHashes(inventory.spec?.credential).some((known) => equal(known, hash))) return undefined;
    if (!this.#deps.standing.isAdmitted(inventory)) return undefined;
    this.#used(inventory, hash);
    return planOwner(inventory, hash);
  }

  /** Calls `listener` with the hash of each token that stops being valid, or whose machine was shut out. */
  onRevoked(listener: (hash: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribes) unsubscribe();
  }

  #used(inventory: MachineInventory, hash: string): void {
    const { credential } = inventory.spec ?? {};
    const next = credential && useCredential(credential, hash);
    if (next === undefined || [...this.#voided.values()].includes(hash)) return;
    const left = new Set(credentialHashes(next));
    for (const old of credentialHashes(credential)) {
      if (left.has(old)) continue;
      this.#voided.set(old, hash);
      this.#announce(old);
    }
    void this.#record(inventory, { spec: { ...inventory.spec, credential: next } }, hash);
  }

  /** A write that fails leaves the older tokens void here only; the next use of the newer one tries again. */
  async #record(inventory: MachineInventory, next: Pick<MachineInventory, "spec">, hash: string): Promise<void> {
    const { resourceVersion } = inventory.metadata;
    const change = diffMergePatch({ spec: inventory.spec }, next);
    const body = { metadata: { resourceVersion }, ...change };
    try {
      await this.#deps.kube.patch(machineInventories, objectKey(inventory), { type: "merge", body });
    } catch (error) {
      if (!isKubeError(error, "Conflict", "NotFound")) this.#deps.report(error);
      for (const [old, by] of this.#voided) if (by === hash) this.#voided.delete(old);
    }
  }

  #revoke(hash: string): void {
    this.#voided.delete(hash);
    this.#announce(hash);
  }

  #announce(hash: string): void {
    for (const listener of this.#listeners) listener(hash);
  }
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
