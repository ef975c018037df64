import {
  type Condition,
  conditionTypes,
  type MachineInventorySelector,
  pruneInvalid,
  type reasons,
  setCondition,
} from "@elemental/api";

export type SelectorStatus = NonNullable<MachineInventorySelector["status"]>;
type Reason = (typeof reasons.machineInventorySelector)[keyof typeof reasons.machineInventorySelector];

export interface ConditionChange {
  status: Condition["status"];
  reason: Reason;
  message?: string;
}

/** The status of a selector while a run decides it. Every method returns a new draft. */
export class StatusDraft {
  readonly status: SelectorStatus;
  readonly #now: Date;
  readonly #generation: number | undefined;

  private constructor(status: SelectorStatus, now: Date, generation: number | undefined) {
    this.status = status;
    this.#now = now;
    this.#generation = generation;
  }

  static of(selector: MachineInventorySelector, now: Date): StatusDraft {
    const conditions = pruneInvalid(selector.status?.conditions);
    return new StatusDraft({ ...selector.status, conditions }, now, selector.metadata.generation);
  }

  with(changes: Partial<SelectorStatus>): StatusDraft {
    return new StatusDraft({ ...this.status, ...changes }, this.#now, this.#generation);
  }

  ready(change: ConditionChange): StatusDraft {
    return this.#condition(conditionTypes.ready, change);
  }

  inventoryReady(change: ConditionChange): StatusDraft {
    return this.#condition(conditionTypes.inventoryReady, change);
  }

  #condition(type: string, change: ConditionChange): StatusDraft {
    const context = { now: this.#now, generation: this.#generation };
    return this.with({ conditions: setCondition(this.status.conditions, { type, ...change }, context) });
  }
}
