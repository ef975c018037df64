import { formatKey, type MachineInventory, type MachineRegistration, objectKey } from "@elemental/api";
import type { EventRecorder } from "@elemental/kube";
import type { RefusalCode, Skipped } from "@elemental/protocol";
import type { Logger } from "@elemental/service";
import type { Identity } from "../inventory/inventories.ts";
import type { Refusal } from "../refusal.ts";
import type { DoorMetrics, Stage } from "./metrics.ts";

/** One attempt of a machine, as far as it is known. */
export interface Attempt {
  address: string | undefined;
  registration?: MachineRegistration;
  machine?: Identity;
}

export interface AuditDeps {
  log: Logger;
  events: EventRecorder;
  metrics: DoorMetrics;
  conversations(): number;
}

/** Over this many conversations at once machines get no Events of their own: they would compete with registrations for writes. */
const CALM = 50;

/** How many of the keys that a machine brought in vain are named in the log. */
const MAX_SKIPPED_LOGGED = 10;

/** Refusals that may be a failure of ours, so that the log says where it came from. */
const ours = new Set<RefusalCode>(["Unavailable", "Conflict", "Misconfigured"]);

/** Tells operators what became of a machine: a log line always, an Event when there is time, a count. No secrets. */
export class Audit {
  readonly #deps: AuditDeps;

  constructor(deps: AuditDeps) {
    this.#deps = deps;
  }

  admitted(attempt: Attempt, outcome: "registered" | "updated", inventory: MachineInventory, skipped: Skipped[]): void {
    const { log, events, metrics } = this.#deps;
    const name = formatKey(objectKey(inventory));
    const left = skipped.length > 0 && { skipped: skipped.slice(0, MAX_SKIPPED_LOGGED), skippedCount: skipped.length };
    log.info({ ...fields(attempt), inventory: name, ...left }, `machine ${outcome}`);
    metrics.ended(outcome, "commit");
    if (!this.#calm()) return;
    const reason = outcome === "registered" ? "Registered" : "Updated";
    const method = attempt.machine?.method === "tpm" ? "its TPM" : "its hardware address or UUID";
    events.record(inventory, {
      type: "Normal",
      reason,
      message: `The machine ${outcome} and was identified by ${method}`,
    });
  }

  refused(attempt: Attempt, stage: Stage, refusal: Refusal): void {
    const { log, events, metrics } = this.#deps;
    const { code, message, hint, detail } = refusal;
    const error = ours.has(code) ? refusal.cause : undefined;
    log.warn({ ...fields(attempt), stage, code, reason: message, hint, detail, error }, "machine refused");
    metrics.ended("refused", stage, code);
    // The recorder counts what is said again, and bounds what one registration may cause.
    if (attempt.registration) events.record(attempt.registration, { type: "Warning", reason: code, message });
  }

  /** The machine left before it was answered. */
  abandoned(attempt: Attempt): void {
    this.#deps.log.info(fields(attempt), "machine left before its registration was complete");
    this.#deps.metrics.ended("refused", "exchange", "Abandoned");
  }

  #calm(): boolean {
    return this.#deps.conversations() <= CALM;
  }
}

function fields({ address, registration, machine }: Attempt): Record<string, unknown> {
  const name = registration && formatKey(objectKey(registration));
  return { address, registration: name, method: machine?.method, hash: machine?.hash };
}
