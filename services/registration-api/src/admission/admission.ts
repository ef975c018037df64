import { Refusal } from "../refusal.ts";
import { Pace, type Visit } from "./pace.ts";
import { type Rate, TokenBuckets } from "./token-buckets.ts";

export interface AdmissionLimits {
  /** Conversations at once, in all and from one address. */
  conversations: number;
  conversationsPerAddress: number;
  /** Requests of the registration API from one address. */
  perAddress: Rate;
  /** Handshakes of one registration. */
  perRegistration: Rate;
}

export const defaultLimits: AdmissionLimits = {
  conversations: 2000,
  conversationsPerAddress: 1000,
  perAddress: { perSecond: 100, burst: 1000 },
  perRegistration: { perSecond: 1000, burst: 4000 },
};

/** Turns away at the door what could not be served in time (registration-protocol H6). An unknown address is not limited. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #addresses: TokenBuckets;
  readonly #registrations: TokenBuckets;
  readonly #pace: Pace;
  readonly #byAddress = new Map<string, number>();
  #conversations = 0;
  #idle = Promise.withResolvers<void>();

  constructor(limits: AdmissionLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#pace = new Pace(limits.conversations, now);
    this.#addresses = new TokenBuckets(limits.perAddress, now);
    this.#registrations = new TokenBuckets(limits.perRegistration, now);
  }

  get conversations(): number {
    return this.#conversations;
  }

  /** Resolves when no conversation is left. */
  async idle(): Promise<void> {
    if (this.#conversations > 0) await this.#idle.promise;
  }

  /** Counts one request. Throws a `TooManyRequests` Refusal. */
  request(address: string | undefined): void {
    const wait = address === undefined ? 0 : this.#addresses.take(address);
    if (wait > 0) throw tooMany(wait);
  }

  /** Counts one handshake of a registration. Throws a `TooManyRequests` Refusal. */
  handshake(registrationUid: string): void {
    const wait = this.#registrations.take(registrationUid);
    if (wait > 0) throw tooMany(wait);
  }

  /** Throws a `Busy` Refusal while all places are taken; cheaper than authenticating a machine first. */
  checkRoom(): void {
    if (this.#conversations < this.#limits.conversations && !this.#pace.full) return;
    throw busy(this.#pace.nextTurnSeconds());
  }

  /** Takes the place of one conversation, to leave when it is over. Throws a Refusal when all are taken, or work is slow. */
  enter(address: string | undefined): Visit {
    this.checkRoom();
    const ofAddress = address === undefined ? 0 : (this.#byAddress.get(address) ?? 0);
    if (ofAddress >= this.#limits.conversationsPerAddress) throw tooMany(1);
    this.#count(address, 1);
    const { work, leave } = this.#pace.enter();
    return {
      work,
      leave: () => {
        leave();
        this.#count(address, -1);
      },
    };
  }

  #count(address: string | undefined, change: number): void {
    this.#conversations += change;
    if (this.#conversations === 0) {
      this.#idle.resolve();
      this.#idle = Promise.withResolvers();
    }
    if (address === undefined) return;
    const count = (this.#byAddress.get(address) ?? 0) + change;
    if (count > 0) this.#byAddress.set(address, count);
    else this.#byAddress.delete(address);
  }
}

function busy(retryAfterSeconds: number): Refusal {
  return new Refusal("Busy", "the server is busy, try again later", { retryAfterSeconds });
}

function tooMany(waitSeconds: number): Refusal {
  return new Refusal("TooManyRequests", "too many requests, try again later", {
    retryAfterSeconds: Math.ceil(waitSeconds),
  });
}
