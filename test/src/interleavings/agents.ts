import { createHash } from "node:crypto";
import { formatKey, type KubeObject, objectKey, type Secret, secrets, secretTypes } from "@elemental/api";
import { isKubeError } from "@elemental/kube";
import type { MemoryKube } from "@elemental/kube/testing";

/** Checksum of the plan in a Secret. */
export function planChecksum({ data }: Secret): string {
  return createHash("sha256")
    .update(Buffer.from(data?.["plan"] ?? "", "base64"))
    .digest("hex");
}

/** The system agents of all machines, and the cluster's controller that fills token Secrets. */
export class Agents {
  readonly #kube: MemoryKube;
  /** Checksums of all plans that were applied, by UID of the Secret. */
  readonly applied = new Map<string, Set<string>>();
  /** Plans that agents have read, by key of the Secret. */
  readonly #read = new Map<string, Secret>();

  constructor(kube: MemoryKube) {
    this.#kube = kube;
  }

  /** An agent reads its plan. */
  async read(pick: (choices: number) => number): Promise<void> {
    const plans = await this.#ofType(secretTypes.plan);
    const plan = plans[pick(plans.length || 1)];
    if (plan) this.#read.set(formatKey(objectKey(plan)), plan);
  }

  /** An agent applies the plan that it read, maybe long ago, and reports it. */
  async report(pick: (choices: number) => number, succeeded: boolean): Promise<void> {
    const entries = [...this.#read];
    const [id, plan] = entries[pick(entries.length || 1)] ?? [];
    if (id === undefined || plan === undefined) return;
    this.#read.delete(id);
    await this.#report(plan, succeeded);
  }

  /** All machines apply the plans they have, and token Secrets are filled. */
  async work(): Promise<void> {
    for (const plan of await this.#ofType(secretTypes.plan)) {
      const reported = Buffer.from(plan.data?.["applied-checksum"] ?? "", "base64").toString();
      if (reported !== planChecksum(plan)) await this.#report(plan, true);
    }
    for (const secret of await this.#ofType(secretTypes.serviceAccountToken)) {
      if (!secret.data?.["token"]) await this.#patch(secret, { token: "dG9rZW4=" });
    }
  }

  async #report(plan: Secret, succeeded: boolean): Promise<void> {
    const checksum = planChecksum(plan);
    const uid = plan.metadata.uid ?? "";
    if (succeeded) this.applied.set(uid, (this.applied.get(uid) ?? new Set()).add(checksum));
    const encoded = Buffer.from(checksum).toString("base64");
    const [done, failed] = succeeded ? [encoded, ""] : ["", encoded];
    await this.#patch(plan, { "applied-checksum": done, "failed-checksum": failed });
  }

  // An agent sends the Secret as it read it and repeats its report on a newer one: the plan is not its to write.
  async #patch({ metadata }: Secret, data: Record<string, string>): Promise<void> {
    const body = { metadata: { uid: metadata.uid }, data };
    await this.#kube.patch(secrets, objectKey({ metadata } as KubeObject), { type: "merge", body }).catch((error) => {
      if (!isKubeError(error, "NotFound", "Conflict")) throw error;
    });
  }

  async #ofType(type: string): Promise<Secret[]> {
    const { items } = await this.#kube.list(secrets);
    return items.filter((secret) => secret.type === type);
  }
}
