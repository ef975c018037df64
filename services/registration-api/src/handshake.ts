import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { MachineRegistration } from "@elemental/api";
import { limits, ServerSession } from "@elemental/protocol";
import { type WebSocket, WebSocketServer } from "ws";
import type { Admission } from "./admission/admission.ts";
import type { MemoryGuard } from "./admission/memory-guard.ts";
import type { Visit } from "./admission/pace.ts";
import { authenticate, type Machine } from "./authentication/authenticate.ts";
import type { AuthenticationPolicy } from "./authentication/policy.ts";
import type { TrustAnchors } from "./authentication/trust-anchors.ts";
import { converse, type Deadlines } from "./conversation/converse.ts";
import type { Attempt, Audit } from "./observe/audit.ts";
import type { DoorMetrics } from "./observe/metrics.ts";
import type { EntryPolicy } from "./policy/entry-policy.ts";
import { refusalOf } from "./refusal-of.ts";
import type { Registrar } from "./registrar.ts";

/** Of one message. Original clients fragment by 4 KiB; a segment of TCP that holds one byte costs us a hundred. */
const MAX_FRAGMENTS = 2048;
const MAX_CHUNKS = 8192;

export interface HandshakeDeps {
  admission: Admission;
  guard: MemoryGuard;
  anchors: TrustAnchors;
  policy: AuthenticationPolicy;
  registrar: Registrar;
  entry: EntryPolicy;
  audit: Audit;
  metrics: DoorMetrics;
  deadlines: Deadlines;
  now(): Date;
}

/** An attempt at a registration that exists. */
export type Addressed = Attempt & { registration: MachineRegistration; tokenHash: string };

/** A connection whose claims were checked. */
interface Admitted {
  attempt: Addressed & { machine: Machine };
  /** An inventory of the machine is stored. */
  known: boolean;
  socket: Socket;
  visit: Visit;
  startedAt: number;
}

/** A conversation under way. */
interface Open {
  attempt: Addressed & { machine: Machine };
  known: boolean;
  /** Aborted with the Refusal that ends it. */
  shutOut: AbortController;
}

/** Upgrades a connection once its claims hold, and serves the conversation that follows. */
export class Handshake {
  readonly #deps: HandshakeDeps;
  readonly #open = new Set<Open>();
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.messageBytes,
    maxFragments: MAX_FRAGMENTS,
    maxBufferedChunks: MAX_CHUNKS,
    handleProtocols: () => false,
  });

  constructor(deps: HandshakeDeps) {
    this.#deps = deps;
  }

  /**
   * Throws what refuses the machine, before the upgrade; `attempt` then says as much as was found out about it.
   * Afterwards the conversation takes care of itself.
   */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer, attempt: Addressed): void {
    const { admission, registrar, entry, metrics } = this.#deps;
    const startedAt = performance.now();
    admission.handshake(attempt.registration.metadata.uid ?? "");
    admission.checkRoom();
    const machine = this.#identify(request, attempt.registration);
    const identified = Object.assign(attempt, { machine });
    const known = registrar.known(machine, attempt.registration) !== undefined;
    entry.check(identified, known);
    metrics.took("authenticate", performance.now() - startedAt);
    // The place is given back with the connection, also when the upgrade fails halfway.
    const visit = admission.enter(attempt.address);
    socket.once("close", visit.leave);
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      void this.#serve(webSocket, { attempt: identified, known, socket, visit, startedAt });
    });
  }

  /** Ends the conversations of machines that are denied by now; everything else is asked again at Get. */
  review(namespace: string): void {
    for (const { attempt, known, shutOut } of this.#open) {
      if (attempt.registration.metadata.namespace !== namespace) continue;
      try {
        this.#deps.entry.check(attempt, known);
      } catch (error) {
        shutOut.abort(refusalOf(error));
      }
    }
  }

  #identify(request: IncomingMessage, registration: MachineRegistration): Machine {
    const { anchors, policy, now } = this.#deps;
    const anchorsPem = anchors.of(registration.metadata.namespace ?? "");
    return authenticate(request.headers.authorization, { registration, policy, anchorsPem, now: now() });
  }

  async #serve(webSocket: WebSocket, { attempt, known, socket, visit, startedAt }: Admitted): Promise<void> {
    const { guard, registrar, audit, metrics, deadlines } = this.#deps;
    const release = guard.add({
      get bytesRead() {
        return socket.bytesRead;
      },
      terminate: () => webSocket.terminate(),
    });
    const shutOut = new AbortController();
    const open: Open = { attempt, known, shutOut };
    this.#open.add(open);
    const network = new AbortController();
    const timer = setTimeout(() => network.abort(), deadlines.networkMs);
    const { labelPrefix } = attempt.registration.spec ?? {};
    const session = new ServerSession({ labelPrefix, known, challenge: attempt.machine.challenge });
    const ending = await converse(webSocket, session, {
      deadlines,
      refused: shutOut.signal,
      commit: (report, version) => {
        metrics.took("exchange", performance.now() - startedAt);
        return registrar.register({ attempt, report, version, visit, networkDeadline: network.signal });
      },
      failureOf: (error) => {
        const refusal = refusalOf(error);
        audit.refused(attempt, "commit", refusal);
        return { code: refusal.code, message: refusal.told };
      },
      closedBy: (cause) => audit.refused(attempt, "exchange", refusalOf(cause)),
    });
    clearTimeout(timer);
    network.abort();
    this.#open.delete(open);
    release();
    if (ending === "abandoned") audit.abandoned(attempt);
    metrics.took("total", performance.now() - startedAt);
  }
}
