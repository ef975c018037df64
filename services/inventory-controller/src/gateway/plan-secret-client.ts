import type { IncomingMessage } from "node:http";
import { type Secret, secrets, secretTypes } from "@elemental/api";
import { applyMergePatch, isKubeError, type Kube } from "@elemental/kube";
import { readJsonBody } from "./body.ts";
import { permittedChange } from "./permitted-change.ts";
import { owns, type PlanOwner } from "./plan-owner.ts";
import { conflict, GatewayRefusal, notFound } from "./status.ts";

const patchTypes = ["application/merge-patch+json", "application/strategic-merge-patch+json"];

/** What agents do with their plan Secret at the API server. */
export class PlanSecretClient {
  readonly #kube: Pick<Kube, "get" | "patch">;
  readonly #cached: (owner: PlanOwner) => Secret | undefined;

  constructor(kube: Pick<Kube, "get" | "patch">, cached: (owner: PlanOwner) => Secret | undefined) {
    this.#kube = kube;
    this.#cached = cached;
  }

  /** The Secret as the API server has it. Throws GatewayRefusal when there is none. */
  async read(owner: PlanOwner): Promise<Secret> {
    try {
      const secret = await this.#kube.get(secrets, owner.key);
      if (secret.type === secretTypes.plan && owns(owner, secret)) return secret;
    } catch (error) {
      if (!isKubeError(error, "NotFound")) throw error;
    }
    throw new GatewayRefusal(notFound(owner.key.name));
  }

  /** A PUT: the agent's object replaces the one it is based on. */
  async replace(owner: PlanOwner, request: IncomingMessage): Promise<Secret> {
    const wanted = await readJsonBody(request, ["application/json"]);
    const current = await this.#basis(owner, metadataOf(wanted).resourceVersion);
    return this.#write(current, wanted);
  }

  /** A merge patch, also in the strategic form, which is the same for what agents may change. */
  async patch(owner: PlanOwner, request: IncomingMessage): Promise<Secret> {
    const patch = await readJsonBody(request, patchTypes);
    const current = await this.#basis(owner, metadataOf(patch).resourceVersion);
    return this.#write(current, applyMergePatch(current, patch));
  }

  /** The cached Secret when it is the one that the agent knows, else the one that the API server has. */
  async #basis(owner: PlanOwner, version: unknown): Promise<Secret> {
    const cached = this.#cached(owner);
    return cached !== undefined && cached.metadata.resourceVersion === version ? cached : this.read(owner);
  }

  async #write(current: Secret, wanted: unknown): Promise<Secret> {
    const data = permittedChange(current, wanted);
    if (Object.keys(data).length === 0) return current;
    const { name, namespace = "", resourceVersion } = current.metadata;
    const body = { metadata: { resourceVersion }, data };
    try {
      return await this.#kube.patch(secrets, { namespace, name }, { type: "merge", body });
    } catch (error) {
      if (isKubeError(error, "Conflict")) throw new GatewayRefusal(conflict(name));
      if (isKubeError(error, "NotFound")) throw new GatewayRefusal(notFound(name));
      throw error;
    }
  }
}

function metadataOf(object: unknown): { resourceVersion?: unknown } {
  const metadata = typeof object === "object" && object !== null && "metadata" in object ? object.metadata : undefined;
  return typeof metadata === "object" && metadata !== null ? metadata : {};
}
