import { type ApplyOptions, applyPlan, type PlanApplication, recordOnly } from "./apply.ts";
import { type Plan, planOf, textOf } from "./plan.ts";
import { reported } from "./report.ts";
import { ApiStatusError, type PlanSecret, type SecretApi } from "./secret-api.ts";

export interface FollowerOptions extends ApplyOptions {
  /** Milliseconds before a failed plan is tried again. */
  cooldownMs: number;
  onApplied: (application: PlanApplication) => void;
  onLine: (line: string) => void;
}

/** Decides when a plan is applied (resources-and-controllers 3.4), applies and reports it, one state after the other. */
export class PlanFollower {
  readonly #api: SecretApi;
  readonly #options: FollowerOptions;
  #uid = "";
  /** A new agent applies whatever plan it finds. */
  #force = true;
  #failedChecksum = "";
  #retry: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(api: SecretApi, options: FollowerOptions) {
    this.#api = api;
    this.#options = options;
  }

  /** Takes a new state of the Secret; resolves when it has been dealt with. */
  see(secret: PlanSecret): Promise<void> {
    this.#last = this.#last.catch(() => {}).then(() => this.#handle(secret));
    return this.#last;
  }

  /** The Secret is gone: what comes next is a new one. */
  forget(): void {
    this.#force = true;
    this.#cancelRetry();
  }

  stop(): void {
    this.#cancelRetry();
  }

  #cancelRetry(): void {
    clearTimeout(this.#retry);
    this.#failedChecksum = "";
  }

  async #handle(secret: PlanSecret): Promise<void> {
    if (this.#uid !== secret.metadata.uid) this.forget();
    this.#uid = secret.metadata.uid;
    const found = planOf(secret);
    if (!found || this.#isSettled(secret, found.checksum)) return;
    const plan = this.#parse(found.bytes);
    if (!plan) return;
    const application = applyPlan(plan, found.checksum, this.#options);
    if (!(await this.#report(secret, application))) return;
    this.#force = false;
    this.#cancelRetry();
    if (!application.succeeded) this.#retryLater(application.checksum);
    this.#tell(application);
  }

  #isSettled(secret: PlanSecret, checksum: string): boolean {
    if (this.#failedChecksum === checksum) return true;
    const limit = Number.parseInt(textOf(secret, "max-failures"), 10);
    const exhausted =
      textOf(secret, "failed-checksum") === checksum && Number(textOf(secret, "failure-count")) >= limit;
    return exhausted || (!this.#force && textOf(secret, "applied-checksum") === checksum);
  }

  #parse(bytes: Buffer): Plan | undefined {
    try {
      return JSON.parse(bytes.toString()) as Plan;
    } catch {
      this.#options.onLine("[simulated agent] the plan is no JSON, waiting for another one");
      return undefined;
    }
  }

  /** Writes the result; false when the plan changed meanwhile, whose turn comes with its own event. */
  async #report(secret: PlanSecret, application: PlanApplication): Promise<boolean> {
    for (let current = secret; ; current = await this.#api.get()) {
      if (planOf(current)?.checksum !== application.checksum) return false;
      try {
        await this.#api.put(reported(current, application, new Date()));
        return true;
      } catch (error) {
        if (!(error instanceof ApiStatusError) || error.status !== 409) throw error;
      }
    }
  }

  #retryLater(checksum: string): void {
    this.#failedChecksum = checksum;
    this.#retry = setTimeout(() => {
      this.#failedChecksum = "";
      this.#api.get().then(
        (secret) => this.see(secret),
        () => this.#retryLater(checksum),
      );
    }, this.#options.cooldownMs);
  }

  #tell(application: PlanApplication): void {
    const { files, instructions } = application.plan;
    const outcome = application.succeeded ? "applied" : "failed";
    const counted = `${files?.length ?? 0} files written, ${instructions?.length ?? 0} instructions ${this.#options.run === recordOnly ? "recorded, not executed" : "executed"}`;
    this.#options.onLine(`[simulated agent] plan ${application.checksum.slice(0, 12)} ${outcome}: ${counted}`);
    this.#options.onApplied(application);
  }
}
