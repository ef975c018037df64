import { KubeError } from "@elemental/kube";
import type { Call } from "@elemental/kube/testing";

/**
 * What becomes of a request: it works; it is refused before it does anything, as a server error or as a conflict; it
 * works but its answer is lost; its sender gives up while it is still on its way.
 */
export type Fate = "works" | "refused" | "conflict" | "unanswered" | "late";

interface Request {
  sender: string;
  call: Call;
  perform(): Promise<unknown>;
  /** Absent once the sender does not wait any more. */
  answer?: { resolve(value: unknown): void; reject(error: Error): void };
}

const reads = new Set<string>(["get", "list"]);

/** All requests that were sent and not carried out yet, in the order of sending. */
export class Requests {
  #pending: Request[] = [];

  get count(): number {
    return this.#pending.length;
  }

  send<T>(sender: string, call: Call, perform: () => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const answer = { resolve: resolve as (value: unknown) => void, reject };
    this.#pending.push({ sender, call, perform, answer });
    return promise;
  }

  /** Lets the request at `index` meet its fate. */
  async meet(index: number, fate: Fate): Promise<void> {
    const [request] = this.#pending.splice(index, 1);
    if (!request) return;
    const { call, answer } = request;
    if (!answer) {
      if (fate === "works") await request.perform().catch(() => undefined);
      return;
    }
    if (fate === "refused") return answer.reject(unavailable("the request was refused"));
    if (fate === "conflict" && !reads.has(call.verb)) return answer.reject(conflict());
    if (fate === "late") return this.#giveUp(request);
    const result = await request.perform().then(
      (value) => ({ value }),
      (error: Error) => ({ error }),
    );
    if (fate === "unanswered") answer.reject(unavailable("the answer was lost"));
    else if ("error" in result) answer.reject(result.error);
    else answer.resolve(result.value);
  }

  /** The sender is gone; what it sent may still arrive. */
  abandon(sender: string): void {
    for (const request of this.#pending) {
      if (request.sender === sender) delete request.answer;
    }
  }

  #giveUp({ answer, ...request }: Request): void {
    answer?.reject(unavailable("no answer in time"));
    this.#pending.push(request);
  }
}

function unavailable(message: string): KubeError {
  return new KubeError("Unavailable", message);
}

function conflict(): KubeError {
  return new KubeError("Conflict", "the object has been modified", { status: 409 });
}
