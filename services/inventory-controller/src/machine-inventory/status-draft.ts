import {
  type Condition,
  type ConditionInput,
  conditionTypes,
  type MachineInventory,
  objectKey,
  type PlanStatus,
  pruneInvalid,
  setCondition,
} from "@elemental/api";
import { type PlanProgress, planStatus } from "./plan-status.ts";

type Status = NonNullable<MachineInventory["status"]>;

/** The status that a run is going to write. */
export class StatusDraft {
  readonly #inventory: MachineInventory;
  readonly #now: Date;
  #conditions: Condition[];
  #plan: PlanStatus | undefined;

  constructor(inventory: MachineInventory, now: Date) {
    this.#inventory = inventory;
    this.#now = now;
    this.#conditions = pruneInvalid(inventory.status?.conditions);
    this.#plan = inventory.status?.plan;
  }

  set(condition: ConditionInput): void {
    const context = { now: this.#now, generation: this.#inventory.metadata.generation };
    this.#conditions = setCondition(this.#conditions, condition, context);
  }

  /** Sets a condition that not every machine has. */
  setOrDrop(type: string, condition: ConditionInput | undefined): void {
    if (condition) this.set(condition);
    else this.#conditions = this.#conditions.filter((one) => one.type !== type);
  }

  setPlan(progress: PlanProgress): void {
    const { namespace, name } = objectKey(this.#inventory);
    this.#plan = planStatus(progress, namespace, name);
  }

  /** A plan was written that has not been applied yet. */
  expectPlan(checksum: string): void {
    const { namespace, name } = objectKey(this.#inventory);
    this.#plan = { secretRef: { namespace, name }, checksum };
  }

  /** Names the plan Secret without saying anything new about the plan. */
  keepPlan(): void {
    const { namespace, name } = objectKey(this.#inventory);
    this.#plan = { ...this.#plan, secretRef: { namespace, name } };
  }

  fail(reason: string, message: string): { error: Error } {
    this.set({ type: conditionTypes.ready, status: "False", reason, message });
    return { error: this.error(message) };
  }

  error(message: string): Error {
    const { namespace, name } = objectKey(this.#inventory);
    return new Error(`MachineInventory ${namespace}/${name}: ${message}`);
  }

  status(): Status {
    return { conditions: this.#conditions, ...(this.#plan && { plan: this.#plan }) };
  }
}
