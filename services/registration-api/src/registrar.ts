import { awaitsApproval, formatKey, type MachineInventory, type MachineRegistration, objectKey } from "@elemental/api";
import type { Kube } from "@elemental/kube";
import { hardwareFacts, type MachineReport, speaks } from "@elemental/protocol";
import type { WorkQueue } from "@elemental/queue";
import type { Settings } from "@elemental/settings";
import type { Visit } from "./admission/pace.ts";
import { AGENT_PATH, CLUSTER_PATH, configuration } from "./answer/configuration.ts";
import { sharedToken } from "./answer/shared-token.ts";
import type { IdentifiedMachine } from "./authentication/authenticate.ts";
import { type AuthenticationPolicy, allowsOtherNamespace } from "./authentication/policy.ts";
import { type CommitDeps, commitInventory } from "./inventory/commit.ts";
import { type Identity, type Inventories, knownInventory } from "./inventory/inventories.ts";
import { awaitNetwork } from "./inventory/network-wait.ts";
import type { Attempt, Audit } from "./observe/audit.ts";
import type { DoorMetrics, Stage } from "./observe/metrics.ts";
import { type EntryPolicy, macAddressesOf } from "./policy/entry-policy.ts";
import { Refusal } from "./refusal.ts";
import type { Registrations } from "./registration/registrations.ts";
import { randomToken, tokenHash } from "./token.ts";

export interface RegistrarDeps {
  kube: Pick<Kube, "get">;
  registrations: Registrations;
  inventories: Inventories;
  settings: Settings;
  policy: AuthenticationPolicy;
  entry: EntryPolicy;
  commit: CommitDeps;
  /** Where the inventory-controller is told that there is work. */
  hints: Pick<WorkQueue, "add">;
  audit: Audit;
  metrics: DoorMetrics;
}

export interface RegistrationRequest {
  attempt: Attempt & { registration: MachineRegistration; tokenHash: string; machine: IdentifiedMachine };
  report: MachineReport;
  /** The negotiated version of the protocol. */
  version: number;
  /** Counts the work that is done for the machine. */
  visit: Pick<Visit, "work">;
  /** Ends the wait for addresses. */
  networkDeadline: AbortSignal;
}

/** Admits authenticated machines: writes the inventory, then answers with the configuration (registration-protocol 4.7). */
export class Registrar {
  readonly #deps: RegistrarDeps;

  constructor(deps: RegistrarDeps) {
    this.#deps = deps;
  }

  /** The inventory of a machine so far. Throws a Refusal when it must not register here. */
  known(identity: Identity, registration: MachineRegistration): MachineInventory | undefined {
    const { inventories, policy } = this.#deps;
    return knownInventory(inventories, identity, registration, allowsOtherNamespace(registration, policy));
  }

  /** Throws a Refusal, or what an API request throws. What was written stays when a later step fails. */
  async register(request: RegistrationRequest): Promise<Uint8Array> {
    const { registrations, settings, inventories, kube } = this.#deps;
    const registration = registrations.current(request.attempt.registration, request.attempt.tokenHash);
    const token = registration.spec?.credential === "Shared" ? undefined : randomToken();
    const committed = await this.#timed("commit", () =>
      request.visit.work(() => this.#commit(registration, request, token && tokenHash(token))),
    );
    if (awaitsApproval(committed)) {
      const hint = `approve MachineInventory ${committed.metadata.name}`;
      throw new Refusal("ApprovalPending", "this machine waits for approval", { hint });
    }
    const inventory = speaks.network(request.version)
      ? await this.#timed("network", () => awaitNetwork(inventories, committed, request.networkDeadline))
      : committed;
    return this.#timed("answer", async () => {
      const credential = token
        ? { token, path: AGENT_PATH as typeof AGENT_PATH }
        : { token: await sharedToken(kube, registration), path: CLUSTER_PATH as typeof CLUSTER_PATH };
      return configuration({
        registration,
        inventory,
        settings: settings.current(),
        credential,
        version: request.version,
      });
    });
  }

  async #commit(
    registration: MachineRegistration,
    { attempt, report }: RegistrationRequest,
    credentialHash: string | undefined,
  ): Promise<MachineInventory> {
    const identity = attempt.machine;
    const macAddresses = macAddressesOf(hardwareFacts(report.data));
    const known = () => {
      const inventory = this.known(identity, registration);
      this.#deps.entry.check({ ...attempt, registration }, inventory !== undefined, macAddresses);
      return inventory;
    };
    const commit = await commitInventory({ registration, identity, report, credentialHash, known }, this.#deps.commit);
    if (!awaitsApproval(commit.inventory)) {
      this.#deps.audit.admitted(attempt, commit.outcome, commit.inventory, commit.skipped);
    }
    // A hint that is lost costs time only, and never the machine's.
    void this.#deps.hints.add(formatKey(objectKey(commit.inventory)), commit.outcome);
    return commit.inventory;
  }

  async #timed<T>(stage: Stage, step: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await step();
    } finally {
      this.#deps.metrics.took(stage, performance.now() - start);
    }
  }
}
