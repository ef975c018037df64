import {
  annotations,
  apiVersionOf,
  clusterApiGroup,
  isControlledBy,
  type Machine,
  type MachineInventory,
  type MachineInventorySelector,
  machines,
  machineVersions,
  type OwnerReference,
  planTypes,
  type Secret,
  secrets,
} from "@elemental/api";
import type { Cache, Kube } from "@elemental/kube";
import type { PlanSecrets } from "./plan-secrets.ts";

/** What the bootstrap plan is made of, or why it cannot be made yet. */
export type BootstrapInputs =
  | { script: string; planSecret: Secret }
  | {
      problem: string;
      /** Whether nothing that we watch will tell when the problem is gone. */
      retry: boolean;
    };

/** The Machine of Cluster API that the selector is the infrastructure of, in any version; resources-and-controllers 2.3.4. */
export function ownerMachine(selector: MachineInventorySelector): OwnerReference | undefined {
  return selector.metadata.ownerReferences?.find(({ apiVersion, kind }) => {
    return kind === "Machine" && apiVersion.startsWith(`${clusterApiGroup}/`);
  });
}

export interface BootstrapReader {
  kube: Pick<Kube, "get" | "serves">;
  /** Machines in the version that was served at the start. */
  machines: Pick<Cache<Machine>, "get">;
  planSecrets: PlanSecrets;
}

/** Reads what the plan needs. The error texts are a contract (2.3.4), odd spelling included. */
export async function readBootstrapInputs(
  reader: BootstrapReader,
  selector: MachineInventorySelector,
  inventory: MachineInventory,
): Promise<BootstrapInputs> {
  try {
    const script = await readScript(reader, selector);
    return { script, planSecret: await readPlanSecret(reader, inventory) };
  } catch (error) {
    if (error instanceof MissingInput) return { problem: error.message, retry: error.retry };
    throw error;
  }
}

class MissingInput extends Error {
  readonly retry: boolean;

  constructor(message: string, options: ErrorOptions & { retry: boolean }) {
    super(message, options);
    this.retry = options.retry;
  }
}

async function readScript(reader: BootstrapReader, selector: MachineInventorySelector): Promise<string> {
  const failed = "failed to get bootstrap plan";
  const owner = ownerMachine(selector);
  if (!owner) {
    throw new MissingInput(`${failed}: machine for machine inventory selector doesn't exist`, { retry: false });
  }
  const namespace = selector.metadata.namespace ?? "";
  const machine = await readMachine(reader, { namespace, name: owner.name }, owner).catch((cause: unknown) => {
    const text = `${failed}: failed to find an owner machine for inventory selector: ${textOf(cause)}`;
    throw new MissingInput(text, { cause, retry: true });
  });
  const name = machine.spec?.bootstrap?.dataSecretName;
  if (!name) {
    const text = `${failed}: machine ${namespace}/${owner.name} missing bootstrap data secret name`;
    throw new MissingInput(text, { retry: false });
  }
  const unreadable = `${failed}: failed to get a boostrap plan for the machine`;
  const secret = await reader.kube.get(secrets, { namespace, name }).catch((cause: unknown) => {
    throw new MissingInput(`${unreadable}: ${textOf(cause)}`, { cause, retry: true });
  });
  const script = secret.data?.["value"];
  if (!script) throw new MissingInput(`${unreadable}: secret ${namespace}/${name} has no key value`, { retry: true });
  return script;
}

async function readMachine(
  { kube, machines: watched }: BootstrapReader,
  key: { namespace: string; name: string },
  owner: OwnerReference,
): Promise<Machine> {
  // If it is old, its next version wakes the selector.
  const cached = watched.get(key);
  if (cached) return cached;
  for (const version of machineVersions) {
    if (await kube.serves(machines(version))) return kube.get(machines(version), key);
  }
  // A version that is newer than this program: what it reads has kept its place so far.
  const type = machines(owner.apiVersion.slice(clusterApiGroup.length + 1));
  if (!(await kube.serves(type))) throw new Error(`${apiVersionOf(type)} ${type.kind} is not served`);
  return kube.get(type, key);
}

async function readPlanSecret({ planSecrets }: BootstrapReader, inventory: MachineInventory): Promise<Secret> {
  const failed = "failed to get plan secret";
  const { namespace, name } = inventory.metadata;
  const secret = await planSecrets.read(inventory).catch((cause: unknown) => {
    throw new MissingInput(`${failed}: ${textOf(cause)}`, { cause, retry: true });
  });
  const { name: secretName } = secret.metadata;
  if (!isControlledBy(secret, inventory)) {
    const text = `${failed}: secret ${namespace}/${secretName} is not owned by machine inventory ${namespace}/${name}`;
    throw new MissingInput(text, { retry: true });
  }
  if (secret.metadata.annotations?.[annotations.planType] === planTypes.reset) {
    throw new MissingInput(`${failed}: secret ${namespace}/${secretName} has a reset plan`, { retry: true });
  }
  return secret;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
