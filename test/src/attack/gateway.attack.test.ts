import { type Secret, secrets } from "@elemental/api";
import { RawClient } from "@elemental/registration-api/testing";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { createFleet, type FleetMachine } from "../gateway/system.ts";
import { type AttackedSystem, startSystem, type Target } from "./system.ts";

const prefix = "/elemental/agent";
/** The plan of the victim, and of nobody else. */
const treasure = Buffer.from("the victim's plan").toString("base64");

let system: AttackedSystem;
let target: Target;
let token: string;
/** The path of the thief's own Secret below the prefix. */
let own: string;
let machines: FleetMachine[];

beforeAll(async () => {
  system = await startSystem(inject("kubeconfig"));
  const config = { elemental: { registration: { auth: "mac" } } };
  target = await system.open({ config, machineName: "${Runtime/Hostname}" });
  machines = await createFleet(system.kube, target.namespace, ["victim", "thief", "forger", "writer"]);
  const patch = { type: "merge", body: { data: { plan: treasure } } } as const;
  await system.kube.patch(secrets, { namespace: target.namespace, name: "victim" }, patch);
  await become("thief");
});
afterAll(() => system?.stop());

/** Each machine has its limit of requests. */
async function become(name: string): Promise<void> {
  token = machines.find((machine) => machine.name === name)?.token ?? "";
  own = `/api/v1/namespaces/${target.namespace}/secrets/${name}`;
  const served = async () => {
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`http://127.0.0.1:${system.port}${prefix}${own}`, { headers })).status).toBe(200);
  };
  await vi.waitFor(served, { timeout: 30_000, interval: 200 });
}

interface Asked {
  status: number;
  body: string;
}

/** A request of bytes: nothing normalises its path or headers. */
async function ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Asked> {
  const client = await RawClient.request(system.port, {
    method,
    path: path.startsWith("http") ? path : `${prefix}${path}`,
    headers: { Host: "test", Authorization: `Bearer ${token}`, ...headers },
  });
  const { status, body } = await client.answer();
  client.destroy();
  return { status, body };
}

test("the thief's own plan is served: what follows is refused for its own reasons", async () => {
  const { status, body } = await ask(own);
  expect(status).toBe(200);
  expect((JSON.parse(body) as Secret).metadata.name).toBe("thief");
});

describe("traversal to another machine's plan", () => {
  const paths: [string, (ns: string) => string, number][] = [
    ["by name", (ns) => `/api/v1/namespaces/${ns}/secrets/victim`, 403],
    ["by ..", (ns) => `/api/v1/namespaces/${ns}/secrets/thief/../victim`, 403],
    ["by encoded ..", (ns) => `/api/v1/namespaces/${ns}/secrets/thief/%2e%2e/victim`, 403],
    ["by an encoded slash", (ns) => `/api/v1/namespaces/${ns}/secrets/thief%2f..%2fvictim`, 403],
    ["by double encoding", (ns) => `/api/v1/namespaces/${ns}/secrets/thief%252f..%252fvictim`, 403],
    ["by encoded letters", (ns) => `/api/v1/namespaces/${ns}/secrets/%76ictim`, 403],
    ["by a zero byte", (ns) => `/api/v1/namespaces/${ns}/secrets/victim%00thief`, 403],
    ["by a backslash", (ns) => `/api/v1/namespaces/${ns}/secrets/thief\\..\\victim`, 403],
    ["by a parameter", (ns) => `/api/v1/namespaces/${ns}/secrets/victim;thief`, 403],
    ["by empty segments", (ns) => `//api/v1/namespaces/${ns}/secrets/victim`, 403],
    ["by a subresource", (ns) => `/api/v1/namespaces/${ns}/secrets/victim/status`, 403],
    [
      "by two selectors",
      (ns) =>
        `/api/v1/namespaces/${ns}/secrets?fieldSelector=metadata.name%3Dvictim&fieldSelector=metadata.name%3Dthief`,
      403,
    ],
    [
      "by a selector of two terms",
      (ns) => `/api/v1/namespaces/${ns}/secrets?fieldSelector=metadata.name%3Dthief,type%3Dx`,
      403,
    ],
    ["by no selector", (ns) => `/api/v1/namespaces/${ns}/secrets`, 403],
    ["by a watch of all", (ns) => `/api/v1/namespaces/${ns}/secrets?watch=true`, 403],
    ["in all namespaces", () => "/api/v1/secrets", 403],
    ["through a proxy of the API", (ns) => `/api/v1/namespaces/${ns}/services/x/proxy/`, 403],
    ["to the inventories", (ns) => `/apis/elemental.cattle.io/v1beta1/namespaces/${ns}/machineinventories`, 403],
    ["to the metrics", () => "/metrics", 403],
    ["out of the prefix", (ns) => `/../../api/v1/namespaces/${ns}/secrets/victim`, 403],
    [
      "with an absolute address",
      (ns) => `http://127.0.0.1/elemental/agent/api/v1/namespaces/${ns}/secrets/victim`,
      404,
    ],
  ];

  test.each(paths)("%s: refused with a status and without a word of it", async (_title, path, status) => {
    const asked = await system.unharmed(target, () => ask(path(target.namespace)));
    expect(asked.status).toBe(status);
    expect(asked.body).not.toContain(treasure);
  });

  test.each(["DELETE", "POST", "OPTIONS", "TRACE", "PROPFIND"])(
    "%s of the own Secret: refused with 403",
    async (method) => {
      const asked = await system.unharmed(target, () => ask(own, { "Content-Length": "0" }, method));
      expect(asked.status).toBe(403);
    },
  );
});

describe("header smuggling", () => {
  beforeAll(() => become("forger"));
  const victims = () => `/api/v1/namespaces/${target.namespace}/secrets/victim`;

  test.each<[string, Record<string, string>, number]>([
    [
      "an impersonated administrator",
      { "Impersonate-User": "system:admin", "Impersonate-Group": "system:masters" },
      403,
    ],
    ["a guessed secret of the door", { "X-Elemental-Gateway-Token": "guess" }, 403],
    [
      "the secret of the door declared hop-by-hop",
      { Connection: "close, x-elemental-gateway-token, authorization" },
      403,
    ],
    ["a user of a front proxy", { "X-Remote-User": "admin", "X-Remote-Group": "system:masters" }, 403],
    ["another URL for a rewriting proxy", { "X-Original-URL": "/healthz", "X-Rewrite-URL": "/healthz" }, 403],
    ["another method", { "X-HTTP-Method-Override": "DELETE" }, 403],
    ["an upgrade", { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" }, 403],
    ["length and chunks at once", { "Content-Length": "5", "Transfer-Encoding": "chunked" }, 400],
    ["chunks behind another coding", { "Transfer-Encoding": "chunked, identity" }, 400],
    ["a coding in disguise", { "Transfer-Encoding": "xchunked" }, 400],
    ["two lengths", { "Content-Length": "0, 5" }, 400],
    ["no token but a cookie", { Authorization: "", Cookie: "R_SESS=token" }, 401],
  ])("%s: refused", async (_title, headers, status) => {
    const { body, ...answer } = await system.unharmed(target, () => ask(victims(), headers));
    expect(answer.status).toBe(status);
    expect(body).not.toContain(treasure);
  });

  test("a second request hidden in a body: refused with its own token, never served with another's", async () => {
    await system.unharmed(target, async () => {
      const client = await RawClient.request(system.port, {
        method: "POST",
        path: `${prefix}${own}`,
        headers: { Host: "test", Authorization: `Bearer ${token}`, "Content-Length": "1000" },
      });
      client.write(`GET ${prefix}${victims()} HTTP/1.1\r\nHost: test\r\n\r\n`);
      expect((await client.answer()).status).toBe(403);
      client.destroy();
    });
  });

  test("two Authorization headers: the first counts, and a foreign one does not help", async () => {
    const asked = await system.unharmed(target, async () => {
      const client = await RawClient.request(system.port, {
        path: `${prefix}${victims()}`,
        headers: { Host: "test", Authorization: `Bearer ${token}`, authorization: "Bearer system:admin" },
      });
      return client.answer();
    });
    expect([401, 403]).toContain(asked.status);
  });

  test("the gateway itself, without the door: refused with 403", async () => {
    await system.unharmed(target, async () => {
      for (const headers of [{}, { "x-elemental-gateway-token": "" }, { "x-elemental-gateway-token": "guess" }]) {
        const answer = await fetch(`${system.gatewayUrl}${own}`, {
          headers: { authorization: `Bearer ${token}`, ...headers },
        });
        expect(answer.status).toBe(403);
      }
    });
  });
});

describe("writes", () => {
  beforeAll(() => become("writer"));
  const secret = async () => JSON.parse((await ask(own)).body) as Secret;
  const put = async (body: string | Buffer, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${system.port}${prefix}${own}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      body,
    });

  test.each<[string, number, (secret: Secret) => string]>([
    ["a plan of the thief's own", 403, (one) => JSON.stringify({ ...one, data: { ...one.data, plan: treasure } })],
    [
      "a key of the prototype",
      403,
      (one) => JSON.stringify({ ...one, data: JSON.parse('{"plan":"e30=","__proto__":"eA=="}') }),
    ],
    ["the owner", 403, (one) => JSON.stringify({ ...one, metadata: { ...one.metadata, ownerReferences: [] } })],
    ["another's name", 403, (one) => JSON.stringify({ ...one, metadata: { ...one.metadata, name: "victim" } })],
    ["JSON that is none", 400, () => "{".repeat(1000)],
    ["JSON 200,000 levels deep", 400, () => "[".repeat(200_000) + "]".repeat(200_000)],
    ["more than 1 MiB", 413, () => "x".repeat(1024 * 1024 + 1)],
  ])("%s: refused with %i", async (_title, status, body) => {
    const current = await secret();
    const answer = await system.unharmed(target, () => put(body(current)));
    expect(answer.status).toBe(status);
  });

  test("a compressed bomb: refused with 415", async () => {
    const answer = await system.unharmed(target, () => put("x", { "content-encoding": "gzip" }));
    expect(answer.status).toBe(415);
  });
});
