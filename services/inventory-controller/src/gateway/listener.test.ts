import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import type { AgentGateway } from "./gateway.ts";
import { type GatewayListener, gatewayTokenHeader, listenForDoor } from "./listener.ts";

/** Answers with the path it was given. */
const echo: AgentGateway = {
  handle: (_request: IncomingMessage, response: ServerResponse, path: string) => void response.end(path),
  watches: () => 0,
  stop: () => {},
};

describe("the gateway's address inside a cluster", () => {
  let listener: GatewayListener;
  afterEach(() => listener.close());

  const ask = (headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${listener.address.port}/api/v1?x=%20y`, { headers });

  it("serves whoever shows the shared secret, and passes the path on as it is", async () => {
    listener = await listenForDoor(echo, { address: { host: "127.0.0.1", port: 0 }, token: "secret" });
    const answer = await ask({ [gatewayTokenHeader]: "secret" });
    expect(await answer.text()).toBe("/api/v1?x=%20y");
  });

  it.each<Record<string, string>>([{}, { [gatewayTokenHeader]: "" }, { [gatewayTokenHeader]: "secre" }])(
    "forbids everybody else: %j",
    async (headers) => {
      listener = await listenForDoor(echo, { address: { host: "127.0.0.1", port: 0 }, token: "secret" });
      expect((await ask(headers)).status).toBe(403);
    },
  );

  it("an address in use is an error that names it", async () => {
    listener = await listenForDoor(echo, { address: { host: "127.0.0.1", port: 0 }, token: "secret" });
    await expect(listenForDoor(echo, { address: listener.address, token: "secret" })).rejects.toThrow(
      new RegExp(`cannot listen on 127.0.0.1:${listener.address.port}: .*EADDRINUSE`),
    );
  });
});
