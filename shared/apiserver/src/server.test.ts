import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openPki, type Pki } from "./pki/index.ts";
import { type ApiServer, startApiServer } from "./server.ts";

let pki: Pki;
let stranger: Pki;
let folder: string;
const running: ApiServer[] = [];

beforeAll(async () => {
  [pki, stranger] = await Promise.all([openPki(), openPki()]);
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "api-"));
});

afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(dataDir?: string, port = 0): Promise<ApiServer> {
  const server = await startApiServer({
    ...(dataDir && { dataDir }),
    listen: { host: "127.0.0.1", port },
    tls: { ...pki.server, clientAuthority: pki.authority.certificate },
    onError: (error, doing) => expect.unreachable(`${doing}: ${error}`),
  });
  running.push(server);
  return server;
}

type As = "administrator" | "nobody" | "stranger";

function agentFor(as: As): Agent {
  const ca = pki.authority.certificate;
  if (as === "nobody") return new Agent({ ca });
  const { certificate: cert, key } = (as === "administrator" ? pki : stranger).administrator;
  return new Agent({ ca, cert, key });
}

interface Call {
  as?: As;
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** Status and parsed JSON (or text) of a request. */
function call(
  server: ApiServer,
  path: string,
  { as = "administrator", method = "GET", headers = {}, body }: Call = {},
) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const framing = text !== undefined && {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  };
  return new Promise<{ status: number; body: Record<string, unknown> | string }>((resolve, reject) => {
    const sent = request(
      new URL(path, server.url),
      { method, agent: agentFor(as), headers: { ...headers, ...framing } },
      (response) => {
        let received = "";
        response.on("data", (chunk) => (received += chunk));
        response.on("end", () => {
          const isJson = response.headers["content-type"]?.startsWith("application/json");
          resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(received) : received });
        });
      },
    );
    sent.once("error", reject);
    sent.end(text);
  });
}

const maps = "/api/v1/namespaces/default/configmaps";
const create = (server: ApiServer, name: string) =>
  call(server, maps, { method: "POST", body: { metadata: { name } } });

describe("who is let in", () => {
  test.each<[string, Call]>([
    ["no certificate", { as: "nobody" }],
    ["a certificate of another authority", { as: "stranger" }],
    ["a bearer token", { as: "nobody", headers: { authorization: "Bearer x" } }],
    ["a bearer token beside the certificate", { headers: { authorization: "Bearer x" } }],
    ["basic authentication", { as: "nobody", headers: { authorization: "Basic eDp5" } }],
  ])("%s -> 401", async (_what, options) => {
    const { status, body } = await call(await start(), maps, options);
    expect([status, body]).toEqual([
      401,
      {
        kind: "Status",
        apiVersion: "v1",
        metadata: {},
        status: "Failure",
        message: "Unauthorized",
        reason: "Unauthorized",
        code: 401,
      },
    ]);
  });

  test("version and health are open to everybody", async () => {
    const server = await start();
    for (const path of ["/version", "/healthz", "/livez", "/readyz"]) {
      expect((await call(server, path, { as: "nobody" })).status).toBe(200);
    }
    expect((await call(server, "/apis", { as: "nobody" })).status).toBe(401);
  });

  test("nobody is impersonated", async () => {
    const answer = await call(await start(), maps, { headers: { "impersonate-user": "somebody" } });
    expect(answer).toMatchObject({ status: 501, body: { reason: "NotImplemented" } });
  });
});

describe("what is not there", () => {
  test.each([
    ["GET", "/api/v1/nopes", 404],
    ["GET", "/apis/nope.example.com/v1/things", 404],
    ["GET", "/apis/apps/v1/deployments", 404],
    ["GET", "/nope", 404],
    ["POST", "/api/v1/configmaps", 405],
    ["PATCH", maps, 405],
    ["PUT", maps, 405],
    ["DELETE", "/api/v1/namespaces", 405],
    ["GET", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", 405],
    ["GET", "/api/v1/nodes/x/proxy", 404],
  ])("%s %s -> %i", async (method, path, status) => {
    expect((await call(await start(), path, { method })).status).toBe(status);
  });

  test("a body over 3 MiB -> 413", async () => {
    const data = { k: "x".repeat(3 * 1024 * 1024) };
    const answer = await call(await start(), maps, { method: "POST", body: { metadata: { name: "a" }, data } });
    expect(answer).toMatchObject({ status: 413, body: { reason: "RequestEntityTooLarge" } });
  });
});

describe("restart", () => {
  const dataDir = () => join(folder, "data");

  test("the same objects, versions and kinds; a watch goes on where it was", async () => {
    const first = await start(dataDir());
    await create(first, "a");
    const before = await call(first, maps);
    const { resourceVersion } = (before.body as { metadata: { resourceVersion: string } }).metadata;
    await create(first, "b");
    await call(first, `${maps}/a`, { method: "DELETE" });
    await running.pop()?.close();
    const second = await start(dataDir());
    const names = async () =>
      ((await call(second, maps)).body as { items: { metadata: { name: string } }[] }).items.map(
        ({ metadata }) => metadata.name,
      );
    expect(await names()).toEqual(["b"]);
    const events = await watchEvents(second, `${maps}?watch=true&timeoutSeconds=1&resourceVersion=${resourceVersion}`);
    expect(events).toEqual(["ADDED b", "DELETED a"]);
  });

  test("a second one on the same data is refused, and the first goes on", async () => {
    const first = await start(dataDir());
    await expect(start(dataDir())).rejects.toThrow(/another process is using it/);
    expect((await create(first, "a")).status).toBe(201);
  });

  test("a port that is taken rejects, and the data can be opened again", async () => {
    const { port } = await start();
    await expect(start(dataDir(), port)).rejects.toThrow(/EADDRINUSE/);
    expect((await create(await start(dataDir()), "a")).status).toBe(201);
  });
});

function watchEvents(server: ApiServer, path: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, server.url), { agent: agentFor("administrator") }, (response) => {
      const events: string[] = [];
      createInterface({ input: response })
        .on("line", (line) => {
          const { type, object } = JSON.parse(line);
          events.push(`${type} ${object.metadata.name}`);
        })
        .on("close", () => resolve(events));
    });
    sent.once("error", reject);
    sent.end();
  });
}
