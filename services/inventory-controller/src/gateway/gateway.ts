import type { IncomingMessage, ServerResponse } from "node:http";
import type { MachineInventory, MachineRegistration, Secret } from "@elemental/api";
import { type Informer, isKubeError, type Kube } from "@elemental/kube";
import { standing } from "../admission/standing.ts";
import { refuse, sendJson } from "./answer.ts";
import { Authenticator } from "./authenticator.ts";
import { discoveryAnswer } from "./discovery.ts";
import type { PlanOwner } from "./plan-owner.ts";
import { PlanSecretClient } from "./plan-secret-client.ts";
import { RateLimit } from "./rate-limit.ts";
import { parseSecretRequest } from "./request.ts";
import { badRequest, forbidden, GatewayRefusal, type Refusal, tooManyRequests, unauthorized } from "./status.ts";
import { WatchHub, type WatchRequest } from "./watch-hub.ts";

export interface GatewayDeps {
  kube: Pick<Kube, "get" | "patch">;
  /** With the index `byDenied`. */
  registrations: Informer<MachineRegistration>;
  /** With the indexes `byCredential` and `byMachine`. */
  inventories: Informer<MachineInventory>;
  planSecrets: Informer<Secret>;
  /** Gets failures that are not the machine's fault. */
  report(error: unknown): void;
}

/** The agent gateway: how machines reach their plan Secrets, and nothing else (agent-gateway). */
export interface AgentGateway {
  /** Answers in full, failures included. `path` is what follows `/elemental/agent` in the URL, with the query. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): void;
  /** Open watches. */
  watches(): number;
  /** Ends all watches. */
  stop(): void;
}

/** An agent needs about 10 requests at its start and few afterwards. */
const limits = { burst: 40, perSecond: 10 };
const maxWatchesPerMachine = 8;
const sweepMs = 60_000;

/** Makes the gateway. The informers must be synced. */
export function agentGateway(deps: GatewayDeps): AgentGateway {
  return new Gateway(deps);
}

class Gateway implements AgentGateway {
  readonly #report: (error: unknown) => void;
  readonly #authenticator: Authenticator;
  readonly #hub: WatchHub;
  readonly #secrets: PlanSecretClient;
  readonly #rate = new RateLimit(limits);
  readonly #sweeper: NodeJS.Timeout;

  constructor({ kube, registrations, inventories, planSecrets, report }: GatewayDeps) {
    this.#report = report;
    this.#authenticator = new Authenticator({
      inventories,
      standing: standing({ registrations, inventories }),
      kube,
      report,
    });
    this.#hub = new WatchHub(planSecrets);
    this.#secrets = new PlanSecretClient(kube, (owner) => this.#hub.current(owner));
    this.#authenticator.onRevoked((hash) => this.#hub.revoke(hash));
    this.#sweeper = setInterval(() => this.#rate.sweep(performance.now()), sweepMs).unref();
  }

  handle(request: IncomingMessage, response: ServerResponse, path: string): void {
    this.#answer(request, response, path).catch((error: unknown) => {
      const refusal = error instanceof GatewayRefusal ? error.refusal : this.#failure(error);
      refuse(request, response, refusal);
    });
  }

  watches(): number {
    return this.#hub.size;
  }

  stop(): void {
    clearInterval(this.#sweeper);
    this.#authenticator.stop();
    this.#hub.stop();
  }

  async #answer(request: IncomingMessage, response: ServerResponse, url: string): Promise<void> {
    const owner = this.#authenticator.authenticate(request.headers.authorization);
    if (owner === undefined) throw new GatewayRefusal(unauthorized);
    if (!this.#rate.allows(owner.uid, performance.now())) throw new GatewayRefusal(tooManyRequests);
    const [path = "", query = ""] = url.split(/\?(.*)/s);
    const discovered = request.method === "GET" ? discoveryAnswer(path, request.headers.accept ?? "") : undefined;
    if (discovered) return sendJson(response, 200, discovered.body, discovered.contentType);
    const asked = parseSecretRequest(request.method ?? "", path, new URLSearchParams(query), owner.key);
    switch (asked.kind) {
      case "watch":
        return this.#watch(asked, owner, response);
      case "list":
        return sendJson(response, 200, this.#list(owner));
      case "get":
        return sendJson(response, 200, await this.#get(owner, asked.fresh));
      case "update":
        return sendJson(response, 200, await this.#secrets.replace(owner, request));
      case "patch":
        return sendJson(response, 200, await this.#secrets.patch(owner, request));
    }
  }

  #watch(asked: WatchRequest, owner: PlanOwner, response: ServerResponse): void {
    if (this.#hub.count(owner.hash) >= maxWatchesPerMachine) throw new GatewayRefusal(tooManyRequests);
    this.#hub.open(asked, owner, response);
  }

  #list(owner: PlanOwner): object {
    const secret = this.#hub.current(owner);
    const metadata = { resourceVersion: this.#hub.version };
    return { kind: "SecretList", apiVersion: "v1", metadata, items: secret ? [secret] : [] };
  }

  async #get(owner: PlanOwner, fresh: boolean): Promise<Secret> {
    const cached = fresh ? undefined : this.#hub.current(owner);
    return cached ?? this.#secrets.read(owner);
  }

  #failure(error: unknown): Refusal {
    if (isKubeError(error, "Invalid", "BadRequest")) return badRequest("the API server does not accept this Secret");
    if (isKubeError(error, "Forbidden")) return forbidden("the API server does not permit this change");
    this.#report(error);
    const message = "the Kubernetes API cannot be reached, please try again later";
    return { code: 503, reason: "ServiceUnavailable", message, retryAfterSeconds: 1 };
  }
}
