import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { RefusalCode } from "@elemental/protocol";
import type { Logger } from "@elemental/service";
import type { Settings } from "@elemental/settings";
import type { Admission } from "./admission/admission.ts";
import type { ClientAddress } from "./admission/client-address.ts";
import type { AgentHandler } from "./agent/forward.ts";
import type { Handshake } from "./handshake.ts";
import { type Answer, answerRequest, answerUpgrade, refusalAnswer } from "./http/answer.ts";
import type { Attempt, Audit } from "./observe/audit.ts";
import type { DoorMetrics } from "./observe/metrics.ts";
import { Refusal } from "./refusal.ts";
import { refusalOf } from "./refusal-of.ts";
import { documentAnswer } from "./registration/document.ts";
import type { Registrations } from "./registration/registrations.ts";
import { type Route, route } from "./routing/route.ts";
import { isWebSocketUpgrade, upgradeProblem } from "./routing/upgrade.ts";
import { type ProxyDeps, proxyDownload } from "./seed-image/proxy.ts";
import type { SeedImages } from "./seed-image/seed-images.ts";
import { tokenHash } from "./token.ts";

export interface DoorDeps {
  registrations: Registrations;
  seedImages: SeedImages;
  settings: Settings;
  admission: Admission;
  handshake: Handshake;
  agents: AgentHandler;
  downloads: ProxyDeps;
  clientAddress: ClientAddress;
  audit: Audit;
  metrics: DoorMetrics;
  log: Logger;
}

/** Everything that reaches the system from outside. No request, whatever it holds, makes it throw. */
export class Door {
  readonly #deps: DoorDeps;

  constructor(deps: DoorDeps) {
    this.#deps = deps;
  }

  /** Whether a request begins a conversation; any other one is for `serve`, upgrade headers or not. */
  isConversation(request: IncomingMessage): boolean {
    return isWebSocketUpgrade(request) && route(request.url ?? "").to === "registration";
  }

  serve(request: IncomingMessage, response: ServerResponse): void {
    const target = route(request.url ?? "");
    const attempt: Attempt = { address: this.#deps.clientAddress(request) };
    this.#answer(request, response, { target, attempt }).catch((error: unknown) => {
      const refusal = refusalOf(error);
      this.#report(target, attempt, refusal);
      this.#send(request, response, { target, answer: refusalAnswer(refusal), code: refusal.code });
    });
  }

  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    // Until the WebSocket takes over nobody else listens, and a lost peer must not end the process.
    socket.on("error", () => socket.destroy());
    const attempt: Attempt = { address: this.#deps.clientAddress(request) };
    try {
      const problem = this.#upgrade(request, socket, head, attempt);
      if (problem) answerUpgrade(socket, problem);
    } catch (error) {
      const refusal = refusalOf(error);
      this.#deps.audit.refused(attempt, "authenticate", refusal);
      answerUpgrade(socket, refusalAnswer(refusal));
    }
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer, attempt: Attempt): Answer | undefined {
    const { admission, registrations, handshake } = this.#deps;
    admission.request(attempt.address);
    const target = route(request.url ?? "");
    const token = target.to === "registration" ? target.token : "";
    const registration = registrations.byToken(token);
    const problem = upgradeProblem(request);
    if (problem) return problem;
    handshake.upgrade(request, socket, head, Object.assign(attempt, { registration, tokenHash: tokenHash(token) }));
    return undefined;
  }

  #report(target: Route, attempt: Attempt, refusal: Refusal): void {
    if (target.to === "registration") {
      this.#deps.audit.refused(attempt, "document", refusal);
      return;
    }
    const { code, message, detail } = refusal;
    this.#deps.log.info({ ...attempt, route: target.to, code, reason: message, detail }, "request refused");
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    { target, attempt }: { target: Route; attempt: Attempt },
  ): Promise<void> {
    const { agents, admission, registrations, seedImages, settings, downloads } = this.#deps;
    switch (target.to) {
      case "nowhere":
        return this.#send(request, response, { target, answer: target.answer });
      case "agent":
        return agents(request, response, target.path);
      case "registration": {
        admission.request(attempt.address);
        const registration = registrations.byToken(target.token);
        attempt.registration = registration;
        const answer = documentAnswer(registration, request.method, settings.current().caCert);
        return this.#send(request, response, { target, answer });
      }
      case "seedImage": {
        checkDownloadMethod(request.method);
        return proxyDownload(request, response, seedImages.find(target.token, target.file), downloads);
      }
    }
  }

  #send(
    request: IncomingMessage,
    response: ServerResponse,
    { target, answer, code }: { target: Route; answer: Answer; code?: RefusalCode },
  ): void {
    this.#deps.metrics.answered(target.to, answer.status, code);
    answerRequest(request, response, answer);
  }
}

function checkDownloadMethod(method: string | undefined): void {
  if (method !== "GET" && method !== "HEAD") throw new Refusal("MethodNotAllowed", "only GET and HEAD are allowed");
}
