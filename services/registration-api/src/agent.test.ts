import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { forwardAgents } from "./agent/forward.ts";
import { testDoor } from "./testing/test-door.ts";

async function gateway(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("agents", () => {
  test("a handler in the same process gets the path below /elemental/agent", async () => {
    const door = await testDoor({ agents: (request, response, path) => response.end(`${request.method} ${path}`) });
    const get = async (path: string) => (await fetch(`http://127.0.0.1:${door.port}${path}`)).text();
    expect(await get("/elemental/agent/api/v1/secrets?watch=true")).toBe("GET /api/v1/secrets?watch=true");
    expect(await get("/elemental/agent")).toBe("GET /");
  });

  test("are forwarded with their credential and the door's proof, which they cannot forge", async () => {
    const url = await gateway((request, response) => {
      const { authorization, "x-elemental-gateway-token": proof } = request.headers;
      request.pipe(response.setHeader("X-Seen", `${request.method} ${request.url} ${authorization} ${proof}`));
    });
    const door = await testDoor({ agents: forwardAgents({ gatewayUrl: url, gatewayToken: "proof" }) });
    const answer = await fetch(`http://127.0.0.1:${door.port}/elemental/agent/a%2Fb?x=1`, {
      method: "PUT",
      body: "body",
      headers: { Authorization: "Bearer mine", "X-Elemental-Gateway-Token": "forged" },
    });
    expect(answer.headers.get("x-seen")).toBe("PUT /a%2Fb?x=1 Bearer mine proof");
    expect(await answer.text()).toBe("body");
  });

  test("a watch flows as it comes, and ends at the gateway when the agent leaves", async () => {
    const left = Promise.withResolvers<void>();
    const url = await gateway((_request, response) => {
      response.write("event 1\n");
      response.on("close", left.resolve);
    });
    const door = await testDoor({ agents: forwardAgents({ gatewayUrl: url, gatewayToken: "proof" }) });
    const leave = new AbortController();
    const answer = await fetch(`http://127.0.0.1:${door.port}/elemental/agent/watch`, { signal: leave.signal });
    const { value } = (await answer.body?.getReader().read()) ?? {};
    expect(Buffer.from(value ?? []).toString()).toBe("event 1\n");
    leave.abort();
    await left.promise;
  });

  test("503 without a gateway, or when it is gone", async () => {
    const none = await testDoor();
    expect((await fetch(`http://127.0.0.1:${none.port}/elemental/agent/version`)).status).toBe(503);
    const gone = await testDoor({ agents: forwardAgents({ gatewayUrl: "http://127.0.0.1:1", gatewayToken: "proof" }) });
    expect((await fetch(`http://127.0.0.1:${gone.port}/elemental/agent/version`)).status).toBe(503);
  });
});
