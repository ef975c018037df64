import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { PlanSecret } from "../agent/secret-api.ts";

export interface PlanApi {
  url: string;
  secret: PlanSecret;
  /** Number of PUT requests that were accepted. */
  writes: number;
  /** Makes the next PUT find that someone wrote before. */
  interfere(): void;
  setPlan(plan: string): void;
  text(key: string): string;
  close(): Promise<void>;
}

const encode = (text: string) => Buffer.from(text).toString("base64");

/** A server of one plan Secret, as the agent sees it: list, watch, get, put. It stands in for the agent gateway. */
export async function startPlanApi(token: string): Promise<PlanApi> {
  const watchers = new Set<ServerResponse>();
  let version = 1;
  let interference = false;
  const api: PlanApi = {
    url: "",
    secret: {
      metadata: { name: "m-1", namespace: "fleet", uid: "u-1", resourceVersion: "1" },
      data: { plan: encode("{}") },
    },
    writes: 0,
    interfere: () => {
      interference = true;
    },
    setPlan: (plan) => store({ ...api.secret, data: { ...api.secret.data, plan: encode(plan) } }),
    text: (key) => Buffer.from(api.secret.data?.[key] ?? "", "base64").toString(),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  const modified = () => `${JSON.stringify({ type: "MODIFIED", object: api.secret })}\n`;
  const store = (secret: PlanSecret) => {
    version += 1;
    api.secret = { ...secret, metadata: { ...secret.metadata, resourceVersion: String(version) } };
    for (const watcher of watchers) watcher.write(modified());
  };
  const put = async (request: IncomingMessage, response: ServerResponse) => {
    const secret = (await json(request)) as PlanSecret;
    if (interference) store({ ...api.secret, data: { ...api.secret.data, other: encode("x") } });
    interference = false;
    const conflict = secret.metadata.resourceVersion !== api.secret.metadata.resourceVersion;
    if (!conflict) {
      api.writes += 1;
      store(secret);
    }
    response.writeHead(conflict ? 409 : 200).end(JSON.stringify(api.secret));
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://host");
    if (request.headers.authorization !== `Bearer ${token}`) return response.writeHead(401).end("{}");
    if (request.method === "PUT") return void put(request, response);
    if (url.searchParams.has("watch")) {
      watchers.add(response);
      response.on("close", () => watchers.delete(response));
      response.writeHead(200).flushHeaders();
      if (Number(url.searchParams.get("resourceVersion")) < version) response.write(modified());
      return;
    }
    const list = { items: [api.secret], metadata: { resourceVersion: String(version) } };
    const body = url.pathname.endsWith("/secrets") ? list : url.pathname.endsWith("/m-1") ? api.secret : {};
    return response.end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  api.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/elemental/agent`;
  return api;
}
