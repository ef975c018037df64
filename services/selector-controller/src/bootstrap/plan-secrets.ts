import {
  annotations,
  formatKey,
  isControlledBy,
  type MachineInventory,
  planTypes,
  type Secret,
  secrets,
} from "@elemental/api";
import { isKubeError, type Kube } from "@elemental/kube";

/** More machines than are between their choice and their bootstrap plan at any time. */
const mostKept = 1_000;

/**
 * Reads plan Secrets. An empty one, as the choice of a machine finds it, is kept until the bootstrap plan is made a moment
 * later: whoever writes it has its version as the precondition, so one that changed meanwhile costs a retry at worst.
 */
export class PlanSecrets {
  readonly #kube: Pick<Kube, "get">;
  readonly #kept = new Map<string, Secret>();

  constructor(kube: Pick<Kube, "get">) {
    this.#kube = kube;
  }

  /** Whether the machine never got a plan of its own, or was reset since. */
  async isEmpty(inventory: MachineInventory): Promise<boolean> {
    try {
      const secret = await this.#get(inventory);
      const isEmpty = secret.metadata.annotations?.[annotations.planType] === planTypes.empty;
      if (isEmpty) this.#keep(keyOf(inventory), secret);
      return isEmpty;
    } catch (error) {
      if (isKubeError(error, "NotFound")) return false;
      throw error;
    }
  }

  /** The plan Secret; throws a KubeError when it cannot be read. */
  async read(inventory: MachineInventory): Promise<Secret> {
    const key = keyOf(inventory);
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    return kept && isControlledBy(kept, inventory) ? kept : this.#get(inventory);
  }

  #get(inventory: MachineInventory): Promise<Secret> {
    const { namespace = "", name } = inventory.metadata;
    return this.#kube.get(secrets, { namespace, name: secretName(inventory) ?? name });
  }

  #keep(key: string, secret: Secret): void {
    this.#kept.set(key, secret);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
  }
}

function secretName({ status }: MachineInventory): string | undefined {
  return status?.plan?.secretRef?.name;
}

function keyOf(inventory: MachineInventory): string {
  const { namespace = "", name } = inventory.metadata;
  return formatKey({ namespace, name: secretName(inventory) ?? name });
}
