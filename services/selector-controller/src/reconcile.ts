import {
  formatKey,
  type MachineInventory,
  type MachineInventorySelector,
  machineInventories,
  objectKey,
  reasons,
  secrets,
} from "@elemental/api";
import { type Operation, type Outcome, TerminalError } from "@elemental/controller";
import type { EventInput } from "@elemental/kube";
import { claim } from "./adoption/ownership.ts";
import { validate, validationMs } from "./adoption/validation.ts";
import { waitingMessage } from "./adoption/waiting-message.ts";
import type { BootstrapInputs } from "./bootstrap/inputs.ts";
import { bootstrapPlan, planChecksum } from "./bootstrap/plan.ts";
import { handOver, hasPlan } from "./bootstrap/plan-secret.ts";
import type { Observation } from "./observation.ts";
import { addresses } from "./status/addresses.ts";
import { type SelectorStatus, StatusDraft } from "./status/draft.ts";

export type SelectorOutcome = Outcome<SelectorStatus>;

const reason = reasons.machineInventorySelector;
const searchMs = 60_000;
const contentionMs = 1_000;

/** Decides what to do for a selector; resources-and-controllers 2.3. */
export function reconcile(observation: Observation, now: Date): SelectorOutcome {
  if (observation.phase === "ignored") return {};
  const draft = StatusDraft.of(observation.selector, now);
  if (observation.phase === "unbound") return adopt(observation, draft);
  return keep(observation, draft, now);
}

type Unbound = Extract<Observation, { phase: "unbound" }>;

function adopt({ selector, choice, rejection }: Unbound, draft: StatusDraft): SelectorOutcome {
  const unbound = rejection === undefined ? draft : reject(draft, rejection);
  const waitingFor = (message: string) =>
    unbound.ready({ status: "False", reason: reason.waitingForInventory, message });
  switch (choice.kind) {
    case "invalid": {
      const { status } = unbound.ready({ status: "False", reason: reason.failedToAdopt, message: choice.message });
      return { status, error: new TerminalError(choice.message) };
    }
    case "none":
      return {
        status: waitingFor(heldMessage(choice.unapproved) ?? waitingMessage(selector)).status,
        requeueAfterMs: choice.contended ? contentionMs : searchMs,
      };
    default:
      return bind(selector, choice, waitingFor(waitingMessage(selector)));
  }
}

/** How many inventories that wait for approval a message names. */
const maxNamed = 3;

/** Says what keeps matching machines from being adopted; undefined when nothing does. */
function heldMessage(unapproved: string[]): string | undefined {
  if (unapproved.length === 0) return undefined;
  const [names, more] = [unapproved.slice(0, maxNamed), unapproved.length - maxNamed];
  const others = more > 0 ? ` and ${more} more` : "";
  return `matching MachineInventories wait for approval: ${names.join(", ")}${others}`;
}

function bind(
  selector: MachineInventorySelector,
  { kind, inventory }: { kind: "reuse" | "claim"; inventory: MachineInventory },
  draft: StatusDraft,
): SelectorOutcome {
  const key = objectKey(inventory);
  const { status } = draft
    .with({ machineInventoryRef: { name: key.name } })
    .inventoryReady({ status: "Unknown", reason: reason.waitForInventoryCheck });
  const operations = kind === "claim" ? [claiming(inventory, selector)] : [];
  // Whoever runs next knows by the reference what may have been claimed, and never claims a second inventory.
  return { operations, status, statusFirst: true, requeueAfterMs: validationMs };
}

function claiming(inventory: MachineInventory, selector: MachineInventorySelector): Operation {
  const patch = claim(inventory, selector);
  return { kind: "patch", type: machineInventories, key: objectKey(inventory), patch };
}

type Bound = Extract<Observation, { phase: "bound" }>;

function keep({ selector, inventory, claimable, bootstrap }: Bound, draft: StatusDraft, now: Date): SelectorOutcome {
  const validation = validate(selector, inventory, now);
  switch (validation.kind) {
    case "wait": {
      const { status } = draft.inventoryReady({ status: "Unknown", reason: reason.waitForInventoryCheck });
      const operations = inventory && claimable ? [claiming(inventory, selector)] : [];
      return { operations, status, requeueAfterMs: validation.remainingMs };
    }
    case "overdue": {
      const { message } = validation;
      const { status } = draft.inventoryReady({ status: "False", reason: reason.failedToAdopt, message });
      return { status, error: new Error(message) };
    }
    case "restart":
      return restart(draft, validation.message);
    case "lost":
      return lose(selector, draft, validation.message);
    default:
      // An adopted inventory exists.
      return inventory ? provide({ selector, inventory, bootstrap }, draft) : {};
  }
}

function restart(draft: StatusDraft, message: string): SelectorOutcome {
  return { status: reject(draft, message).status, error: new Error(message) };
}

function reject(draft: StatusDraft, message: string): StatusDraft {
  const change = { status: "False", reason: reason.failedToAdopt, message } as const;
  return draft.with({ machineInventoryRef: undefined }).inventoryReady(change);
}

/** The machine is gone, what was told to Cluster API stays true: it got its plan. */
function lose(selector: MachineInventorySelector, draft: StatusDraft, message: string): SelectorOutcome {
  const change = { status: "False", reason: reason.failedToAdopt, message } as const;
  const known = selector.status?.conditions?.some((condition) => condition.message === message);
  const event: EventInput = { type: "Warning", reason: "InventoryLost", message };
  return { status: draft.inventoryReady(change).ready(change).status, events: known ? [] : [event] };
}

interface Adopted {
  selector: MachineInventorySelector;
  inventory: MachineInventory;
  bootstrap: BootstrapInputs | undefined;
}

function provide({ selector, inventory, bootstrap }: Adopted, draft: StatusDraft): SelectorOutcome {
  const confirmed = draft.inventoryReady({ status: "True", reason: reason.adopted });
  const written = selector.status?.bootstrapPlanChecksum;
  if (bootstrap && "script" in bootstrap) return handOverPlan(selector, { inventory, bootstrap }, confirmed);
  if (written) return { status: provided({ selector, inventory, checksum: written }, confirmed) };
  if (!bootstrap) return { status: confirmed.status };
  const { problem: message, retry } = bootstrap;
  const { status } = confirmed.ready({ status: "False", reason: reason.failedToUpdatePlan, message });
  return { status, ...(retry && { error: new Error(message) }) };
}

function handOverPlan(
  selector: MachineInventorySelector,
  { inventory, bootstrap }: { inventory: MachineInventory; bootstrap: Extract<BootstrapInputs, { script: string }> },
  draft: StatusDraft,
): SelectorOutcome {
  const { planSecret, script } = bootstrap;
  const plan = bootstrapPlan(inventory, script);
  const status = provided({ selector, inventory, checksum: planChecksum(plan) }, draft);
  if (hasPlan(planSecret, plan)) return { status };
  const key = objectKey(planSecret);
  const message = `Bootstrap plan handed over to machine inventory ${formatKey(objectKey(inventory))}`;
  return {
    operations: [{ kind: "patch", type: secrets, key, patch: handOver(planSecret, plan) }],
    status,
    events: [{ type: "Normal", reason: "BootstrapPlanWritten", message }],
  };
}

function provided(
  {
    selector,
    inventory,
    checksum,
  }: { selector: MachineInventorySelector; inventory: MachineInventory; checksum: string },
  draft: StatusDraft,
): SelectorStatus {
  const published = addresses(selector, inventory);
  return draft
    .with({
      bootstrapPlanChecksum: checksum,
      ready: true,
      initialization: { provisioned: true },
      ...(published && { addresses: published }),
    })
    .ready({ status: "True", reason: reason.ready }).status;
}
