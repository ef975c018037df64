import { machineInventories, objectKey, type Secret, secrets } from "@elemental/api";
import { KubeError } from "@elemental/kube";
import { describe, expect, it } from "vitest";
import { hashOf, readEvents, testGateway } from "../testing/test-gateway.ts";

const list = "/api/v1/namespaces/fleet-default/secrets?fieldSelector=metadata.name%3Dm1";
const own = "/api/v1/namespaces/fleet-default/secrets/m1";

const put = (secret: object): RequestInit => ({
  method: "PUT",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(secret),
});
const encode = (text: string) => Buffer.from(text).toString("base64");
const applied = (secret: Secret): Secret => ({
  ...secret,
  data: { ...secret.data, "applied-checksum": encode("44136f"), "success-count": encode("1") },
});

describe("a machine and its own plan", () => {
  it("GW-1 reads, lists and updates it", async () => {
    await using gateway = await testGateway();
    const { secret } = await gateway.addMachine("m1", "t1");
    await gateway.seen(secret);
    expect(await (await gateway.request("t1", own)).json()).toEqual(secret);
    expect(await (await gateway.request("t1", list)).json()).toMatchObject({ kind: "SecretList", items: [secret] });
    const answer = await gateway.request("t1", own, put(applied(secret)));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ data: applied(secret).data });
  });

  it("GW-1 a merge patch of the agent's keys works, too", async () => {
    await using gateway = await testGateway();
    await gateway.addMachine("m1", "t1");
    const body = JSON.stringify({ data: { "failed-checksum": encode("x") } });
    const headers = { "content-type": "application/merge-patch+json" };
    const answer = await gateway.request("t1", own, { method: "PATCH", headers, body });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ data: { plan: "e30=", "failed-checksum": encode("x") } });
  });

  it("an update that changes nothing writes nothing", async () => {
    await using gateway = await testGateway();
    const { secret } = await gateway.addMachine("m1", "t1");
    const before = gateway.kube.writes.length;
    expect((await gateway.request("t1", own, put(secret))).status).toBe(200);
    expect(gateway.kube.writes.length).toBe(before);
  });

  it.each([
    ["GET", "/api/v1/namespaces/fleet-default/secrets/m2"],
    ["GET", "/api/v1/namespaces/other/secrets/m1"],
    ["GET", "/api/v1/namespaces/fleet-default/secrets"],
    ["GET", "/api/v1/namespaces/fleet-default/secrets?watch=true"],
    ["GET", "/api/v1/namespaces/fleet-default/secrets?fieldSelector=metadata.name%3Dm2"],
    ["GET", "/api/v1/namespaces/fleet-default/secrets?fieldSelector=metadata.name%3Dm1,type%3Dx"],
    ["GET", "/api/v1/namespaces/fleet-default/secrets?fieldSelector=metadata.name!%3Dm1"],
    ["GET", "/api/v1/secrets?fieldSelector=metadata.name%3Dm1"],
    ["GET", "/api/v1/namespaces/fleet-default/configmaps/m1"],
    ["GET", "/api/v1/namespaces/fleet-default/secrets/m1/../m2"],
    ["GET", "/api/v1/namespaces/fleet-default/secrets/%6d2"],
    ["GET", "/apis/elemental.cattle.io/v1beta1/machineinventories"],
    ["GET", "/metrics"],
    ["DELETE", own],
    ["POST", "/api/v1/namespaces/fleet-default/secrets"],
    ["DELETE", list],
    ["PUT", "/version"],
  ])("GW-2 %s %s is forbidden", async (method, path) => {
    await using gateway = await testGateway();
    await gateway.addMachine("m1", "t1");
    await gateway.addMachine("m2", "t2");
    const answer = await gateway.request("t1", path, { method });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ kind: "Status", reason: "Forbidden", code: 403 });
  });

  it("a Secret of the inventory's name that is not its own is not shown", async () => {
    await using gateway = await testGateway();
    const { inventory } = await gateway.addMachine("m1", "t1");
    await gateway.kube.delete(machineInventories, objectKey(inventory));
    const { secret } = await gateway.addMachine("m1", "t2");
    const ownerReferences = [{ ...secret.metadata.ownerReferences?.[0], uid: "earlier" }];
    const stolen = await gateway.kube.patch(secrets, objectKey(secret), {
      type: "merge",
      body: { metadata: { ownerReferences } },
    });
    await gateway.seen(stolen);
    expect((await gateway.request("t2", own)).status).toBe(404);
    expect(await (await gateway.request("t2", list)).json()).toMatchObject({ items: [] });
  });
});

describe("tokens", () => {
  it.each([
    ["none", {}],
    ["an unknown one", { authorization: "Bearer unknown" }],
    ["another scheme", { authorization: "Basic dDE=" }],
    ["an empty one", { authorization: "Bearer " }],
    ["the hash instead of the token", { authorization: `Bearer ${hashOf("t1")}` }],
  ])("GW-3 %s is 401, also for discovery", async (_title, headers) => {
    await using gateway = await testGateway();
    await gateway.addMachine("m1", "t1");
    for (const path of [own, "/version", "/api", "/nope"]) {
      const answer = await gateway.request("", path, { headers: { authorization: "", ...headers } });
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ kind: "Status", reason: "Unauthorized" });
    }
  });

  it("GW-3 deleting the inventory ends its watches and its token within a second", async () => {
    await using gateway = await testGateway();
    const { inventory, secret } = await gateway.addMachine("m1", "t1");
    await gateway.seen(secret);
    const events = readEvents(await gateway.request("t1", `${list}&watch=true`));
    expect(await events.next()).toMatchObject({ type: "ADDED" });
    const began = performance.now();
    await gateway.kube.delete(machineInventories, objectKey(inventory));
    while ((await events.next()) !== undefined);
    expect((await gateway.request("t1", own)).status).toBe(401);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(gateway.openWatches()).toBe(0);
  });

  it("GW-4 both tokens work until the second is used, then only the second", async () => {
    await using gateway = await testGateway();
    const { inventory } = await gateway.addMachine("m1", "t1");
    const credential = { hash: hashOf("t2"), previousHash: hashOf("t1"), issuedAt: "2026-01-02T00:00:00Z" };
    const rotated = { type: "merge", body: { spec: { credential } } } as const;
    await gateway.kube.patch(machineInventories, objectKey(inventory), rotated);
    expect((await gateway.request("t1", own)).status).toBe(200);
    const events = readEvents(await gateway.request("t1", `${list}&watch=true`));
    expect((await gateway.request("t2", own)).status).toBe(200);
    expect((await gateway.request("t1", own)).status).toBe(401);
    while ((await events.next()) !== undefined);
    const recorded = await gateway.kube.get(machineInventories, objectKey(inventory));
    expect(recorded.spec?.credential).toEqual({ hash: hashOf("t2"), issuedAt: "2026-01-02T00:00:00Z" });
    expect((await gateway.request("t2", own)).status).toBe(200);
  });
});

describe("writes", () => {
  it.each<[string, (secret: Secret) => object]>([
    ["the plan", (secret) => ({ ...secret, data: { plan: encode("evil") } })],
    ["the plan by removing it", (secret) => ({ ...secret, data: {} })],
    ["a key of its own", (secret) => ({ ...secret, data: { ...secret.data, other: "eA==" } })],
    ["a prototype key", (secret) => ({ ...secret, data: JSON.parse('{"plan":"e30=","__proto__":"eA=="}') })],
    ["the type", (secret) => ({ ...secret, type: "Opaque" })],
    ["immutability", (secret) => ({ ...secret, immutable: true })],
    ["stringData", (secret) => ({ ...secret, stringData: { plan: "evil" } })],
    ["the labels", (secret) => ({ ...secret, metadata: { ...secret.metadata, labels: {} } })],
    ["the annotations", (secret) => ({ ...secret, metadata: { ...secret.metadata, annotations: { a: "b" } } })],
    ["the owners", (secret) => ({ ...secret, metadata: { ...secret.metadata, ownerReferences: [] } })],
    ["finalizers", (secret) => ({ ...secret, metadata: { ...secret.metadata, finalizers: ["x/y"] } })],
    ["the name", (secret) => ({ ...secret, metadata: { ...secret.metadata, name: "m2" } })],
  ])("GW-5 an update that changes %s is forbidden and writes nothing", async (_title, change) => {
    await using gateway = await testGateway();
    const { secret } = await gateway.addMachine("m1", "t1");
    const before = gateway.kube.writes.length;
    const answer = await gateway.request("t1", own, put(change(secret)));
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ kind: "Status", reason: "Forbidden" });
    expect(gateway.kube.writes.length).toBe(before);
  });

  it.each<[string, (secret: Secret) => object]>([
    ["an old version", (secret) => secret],
    ["no version", ({ metadata: { resourceVersion: _, ...metadata }, ...secret }) => ({ ...secret, metadata })],
    ["another life's UID", (secret) => ({ ...secret, metadata: { ...secret.metadata, uid: "other" } })],
  ])("GW-6 an update with %s is a conflict", async (_title, change) => {
    await using gateway = await testGateway();
    const { secret } = await gateway.addMachine("m1", "t1");
    expect((await gateway.request("t1", own, put(applied(secret)))).status).toBe(200);
    const answer = await gateway.request("t1", own, put(change(secret)));
    expect(answer.status).toBe(409);
    expect(await answer.json()).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message:
        'Operation cannot be fulfilled on secrets "m1": the object has been modified; please apply your changes to the latest version and try again',
      reason: "Conflict",
      code: 409,
    });
  });

  it.each<[string, RequestInit, number]>([
    ["no JSON", { body: "{", headers: { "content-type": "application/json" } }, 400],
    ["a list", { body: "[]", headers: { "content-type": "application/json" } }, 400],
    ["protobuf", { body: "x", headers: { "content-type": "application/vnd.kubernetes.protobuf" } }, 415],
    ["compressed", { body: "x", headers: { "content-type": "application/json", "content-encoding": "gzip" } }, 415],
    ["GW-11 over 1 MiB", { body: "x".repeat(1024 * 1024 + 1), headers: { "content-type": "application/json" } }, 413],
  ])("a body that is %s is refused", async (_title, init, status) => {
    await using gateway = await testGateway();
    await gateway.addMachine("m1", "t1");
    const answer = await gateway.request("t1", own, { method: "PUT", ...init });
    expect(answer.status).toBe(status);
    expect(gateway.errors).toEqual([]);
  });
});

describe("limits", () => {
  it("GW-11 a machine that sends too much is limited, others are not", async () => {
    await using gateway = await testGateway();
    await gateway.addMachine("m1", "t1");
    await gateway.addMachine("m2", "t2");
    const answers = await Promise.all(Array.from({ length: 100 }, () => gateway.request("t1", "/version")));
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(30);
    expect(limited[0]?.headers.get("retry-after")).toBe("1");
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(40);
    expect((await gateway.request("t2", "/version")).status).toBe(200);
  });

  it("an API server that cannot be reached is 503, not the machine's fault", async () => {
    await using gateway = await testGateway({
      intercept: ({ verb, key }) => {
        if (verb === "get" && key.name === "m1") throw new KubeError("Unavailable", "down");
      },
    });
    await gateway.addMachine("m1", "t1");
    const answer = await gateway.request("t1", own);
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(gateway.errors).toHaveLength(1);
  });
});
