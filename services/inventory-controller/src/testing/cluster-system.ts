import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { memoryStore, openAuthority } from "@elemental/apiserver";
import type { Kube } from "@elemental/kube";
import { memoryQueues } from "@elemental/queue";
import { ownSettings } from "@elemental/settings";
import type { AgentGateway } from "../gateway/gateway.ts";
import { startInventoryController } from "../start.ts";

/** The service of this package on a Kubernetes API, its gateway behind doors that only take the path's prefix off. */
export interface ClusterSystem {
  /** Where agents reach the gateway. */
  agentUrl: string;
  /** The same over TLS, with a certificate that nobody trusts: kubectl sends tokens no other way. */
  tlsUrl: string;
  stop(): Promise<void>;
}

export async function startOnCluster(kube: Kube): Promise<ClusterSystem> {
  const queues = memoryQueues();
  const settings = ownSettings({ serverUrl: "https://r.example/", caCert: undefined, strictTls: true });
  const controller = await startInventoryController({ kube, queues, settings });
  const authority = await openAuthority({ store: memoryStore(), commonName: "test" });
  const { certificate: cert, key } = await authority.credential("door", { commonName: "door", hosts: ["127.0.0.1"] });
  const servers = [createServer(), createTlsServer({ cert, key })];
  const ports = await Promise.all(servers.map((server) => serve(server, controller.gateway)));
  return {
    agentUrl: `http://127.0.0.1:${ports[0]}${prefix}`,
    tlsUrl: `https://127.0.0.1:${ports[1]}${prefix}`,
    async stop() {
      await controller.stop();
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      await queues.close();
    },
  };
}

const prefix = "/elemental/agent";

async function serve(server: Server, gateway: AgentGateway): Promise<number> {
  server.on("request", (request, response) => {
    gateway.handle(request, response, (request.url ?? "").slice(prefix.length) || "/");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A machine's token and what is recorded of it. */
export function issueToken() {
  const token = randomBytes(32).toString("hex");
  const credential = { hash: createHash("sha256").update(token).digest("hex"), issuedAt: "2026-01-01T00:00:00Z" };
  return { token, credential };
}
