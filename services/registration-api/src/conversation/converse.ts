import type { MachineReport, ServerAction, ServerSession, SessionFailure } from "@elemental/protocol";
import { closeCodes, ProtocolError } from "@elemental/protocol";
import type { RawData, WebSocket } from "ws";
import { Refusal } from "../refusal.ts";

/** When things have to be over, in milliseconds after the upgrade (registration-protocol 1.8, H17). */
export interface Deadlines {
  /** The wait for addresses ends here, so that a reason still reaches the client. */
  networkMs: number;
  /** A commit under way is answered with an error. */
  answerMs: number;
  /** The connection is closed, before the client gives up at 10 s, so that it learns why. */
  closeMs: number;
}

export const defaultDeadlines: Deadlines = { networkMs: 8500, answerMs: 9200, closeMs: 9600 };

/** How long the peer may take to answer our Close: after an answer, which may be long, and after a violation. */
const ANSWER_PATIENCE_MS = 5000;
const VIOLATION_PATIENCE_MS = 500;

export interface Handlers {
  /** Commits and returns the configuration; a rejection becomes MsgError through `failureOf`. */
  commit(report: MachineReport, version: number): Promise<Uint8Array>;
  failureOf(error: unknown): SessionFailure;
  /** Ends the conversation when it is aborted; its reason is a Refusal. */
  refused: AbortSignal;
  /** A message or the whole conversation was refused; `cause` says why. */
  closedBy(cause: unknown): void;
}

/** `answered` when the client got its configuration or a reason, `abandoned` when it left before. */
export type Ending = "answered" | "abandoned";

/** Carries one conversation over its WebSocket; resolves when the connection is gone. It never rejects. */
export function converse(
  socket: WebSocket,
  session: ServerSession,
  options: Handlers & { deadlines: Deadlines },
): Promise<Ending> {
  return new Conversation(socket, session, options).run();
}

class Conversation {
  readonly #socket: WebSocket;
  readonly #session: ServerSession;
  readonly #options: Handlers & { deadlines: Deadlines };
  #committing = false;
  #answered = false;

  constructor(socket: WebSocket, session: ServerSession, options: Handlers & { deadlines: Deadlines }) {
    this.#socket = socket;
    this.#session = session;
    this.#options = options;
  }

  run(): Promise<Ending> {
    const { deadlines, refused } = this.#options;
    const { answerMs, closeMs } = deadlines;
    const timers = [setTimeout(() => this.#answerLate(), answerMs), setTimeout(() => this.#end(), closeMs)];
    return new Promise((resolve) => {
      this.#socket.on("message", (data, binary) => this.#perform(this.#session.receive(bytesOf(data), binary)));
      this.#socket.on("error", ({ message }) => {
        this.#options.closedBy(new ProtocolError("Malformed", message));
        this.#terminateAfter(VIOLATION_PATIENCE_MS);
      });
      const refuse = () => this.#refuse(refused.reason);
      refused.addEventListener("abort", refuse, { once: true });
      this.#socket.on("close", () => {
        refused.removeEventListener("abort", refuse);
        for (const timer of timers) clearTimeout(timer);
        resolve(this.#answered ? "answered" : "abandoned");
      });
      this.#perform(this.#session.start());
    });
  }

  #perform(actions: ServerAction[]): void {
    for (const action of actions) {
      if (action.kind === "send") this.#socket.send(action.message, { binary: true });
      else if (action.kind === "commit") void this.#commit(action.report);
      else this.#close(action.code, action.reason, action.cause);
    }
  }

  async #commit(report: MachineReport): Promise<void> {
    this.#committing = true;
    try {
      const config = await this.#options.commit(report, this.#session.version);
      this.#perform(this.#session.succeed(config));
    } catch (error) {
      this.#perform(this.#session.fail(this.#options.failureOf(error)));
    } finally {
      this.#committing = false;
    }
  }

  #answerLate(): void {
    if (this.#committing) this.#refuse(tooLate());
  }

  #refuse(refusal: Refusal): void {
    this.#perform(this.#session.fail({ code: refusal.code, message: refusal.told }, refusal));
  }

  /** The time is over, whatever the peer does. */
  #end(): void {
    if (this.#answered) return;
    const late = tooLate();
    this.#close(closeCodes.policyViolation, late.text, late);
  }

  #close(code: number, reason: string, cause: unknown): void {
    this.#answered = true;
    if (cause !== undefined) this.#options.closedBy(cause);
    this.#socket.close(code, reason);
    this.#terminateAfter(code === closeCodes.normal ? ANSWER_PATIENCE_MS : VIOLATION_PATIENCE_MS);
  }

  #terminateAfter(ms: number): void {
    setTimeout(() => this.#socket.terminate(), ms).unref();
  }
}

function tooLate(): Refusal {
  return new Refusal("DeadlineExceeded", "the registration took too long, try again");
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
