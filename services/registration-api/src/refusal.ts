import { type RefusalCode, refusalText } from "@elemental/protocol";

export interface RefusalOptions extends ErrorOptions {
  /** For logs: names objects, which the peer must not learn. Never a secret. */
  detail?: string;
  /** For the machine alone: what concerns it and would make an Event of its own for each machine. */
  hint?: string;
  retryAfterSeconds?: number;
}

/**
 * A request that is turned away. `message` is one line that the peer may read; it names no object, so that the Events of
 * many machines become one.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: RefusalCode, message: string, options: RefusalOptions = {}) {
    super(message, options);
    this.code = code;
    this.detail = options.detail;
    this.hint = options.hint;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** What the machine is told, without the code. */
  get told(): string {
    return this.hint === undefined ? this.message : `${this.message}: ${this.hint}`;
  }

  /** What the machine prints. */
  get text(): string {
    return refusalText(this.code, this.told);
  }
}
