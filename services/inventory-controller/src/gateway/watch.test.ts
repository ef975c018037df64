import { objectKey, type Secret, secrets } from "@elemental/api";
import { describe, expect, it } from "vitest";
import { readEvents, type SeenEvent, type TestGateway, testGateway } from "../testing/test-gateway.ts";

const collection = "/api/v1/namespaces/fleet-default/secrets?fieldSelector=metadata.name%3Dm1";
const streamingList = `${collection}&watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`;

async function write(gateway: TestGateway, secret: Secret, plan: string): Promise<Secret> {
  const body = { data: { plan: Buffer.from(plan).toString("base64") } };
  const written = await gateway.kube.patch(secrets, objectKey(secret), { type: "merge", body });
  await gateway.seen(written);
  return written;
}

const brief = (event: SeenEvent | undefined) =>
  event && [event.type, event.object.metadata.resourceVersion, event.object.data?.["plan"]];
const briefOf = (type: string, { metadata, data }: Secret) => [type, metadata.resourceVersion, data?.["plan"]];

describe("watches", () => {
  it("GW-7 a streaming list gives the object, the end of the list, then every change", async () => {
    await using gateway = await testGateway();
    const { secret } = await gateway.addMachine("m1", "t1");
    await gateway.seen(secret);
    const events = readEvents(await gateway.request("t1", streamingList));
    expect(brief(await events.next())).toEqual(briefOf("ADDED", secret));
    expect(await events.next()).toMatchObject({
      type: "BOOKMARK",
      object: {
        kind: "Secret",
        metadata: {
          resourceVersion: secret.metadata.resourceVersion,
          annotations: { "k8s.io/initial-events-end": "true" },
        },
      },
    });
    const second = await write(gateway, secret, "2");
    const third = await write(gateway, secret, "3");
    expect(brief(await events.next())).toEqual(briefOf("MODIFIED", second));
    expect(brief(await events.next())).toEqual(briefOf("MODIFIED", third));
    await gateway.kube.delete(secrets, objectKey(secret));
    expect(await events.next()).toMatchObject({ type: "DELETED", object: { metadata: { uid: secret.metadata.uid } } });
    await events.cancel();
  });

  it("GW-7 list and watch give the same changes", async () => {
    await using gateway = await testGateway();
    const { secret } = await gateway.addMachine("m1", "t1");
    await gateway.seen(secret);
    const listed = (await (await gateway.request("t1", `${collection}&limit=500&resourceVersion=0`)).json()) as {
      metadata: { resourceVersion: string };
      items: Secret[];
    };
    expect(listed.items).toEqual([secret]);
    const since = listed.metadata.resourceVersion;
    const second = await write(gateway, secret, "2");
    const events = readEvents(await gateway.request("t1", `${collection}&watch=true&resourceVersion=${since}`));
    expect(brief(await events.next())).toEqual(briefOf("MODIFIED", second));
    const third = await write(gateway, secret, "3");
    expect(brief(await events.next())).toEqual(briefOf("MODIFIED", third));
    await events.cancel();
  });

  it("GW-7 who comes back after a while misses neither changes nor a new life of the Secret", async () => {
    await using gateway = await testGateway();
    const { secret, inventory } = await gateway.addMachine("m1", "t1");
    await gateway.seen(secret);
    const second = await write(gateway, secret, "2");
    await gateway.kube.delete(secrets, objectKey(secret));
    const { name, namespace = "", labels = {}, ownerReferences = [] } = secret.metadata;
    const again = await gateway.kube.create(secrets, {
      ...secret,
      metadata: { name, namespace, labels, ownerReferences },
    });
    await gateway.seen(again);
    expect(inventory.metadata.uid).toBe(ownerReferences[0]?.uid);
    const path = `${collection}&watch=true&resourceVersion=${secret.metadata.resourceVersion}`;
    const events = readEvents(await gateway.request("t1", path));
    expect(brief(await events.next())).toEqual(briefOf("MODIFIED", second));
    expect((await events.next())?.type).toBe("DELETED");
    expect(brief(await events.next())).toEqual(briefOf("ADDED", again));
    await events.cancel();
  });

  it("GW-7 a version that is too old is 410", async () => {
    await using gateway = await testGateway();
    const { secret } = await gateway.addMachine("m1", "t1");
    await gateway.seen(secret);
    let latest = secret;
    for (let change = 0; change < 10; change += 1) latest = await write(gateway, secret, String(change));
    const path = `${collection}&watch=true&resourceVersion=${secret.metadata.resourceVersion}`;
    const events = readEvents(await gateway.request("t1", path));
    expect(await events.next()).toMatchObject({
      type: "ERROR",
      object: { kind: "Status", reason: "Expired", code: 410 },
    });
    expect(await events.next()).toBeUndefined();
    const current = `${collection}&watch=true&resourceVersion=${latest.metadata.resourceVersion}`;
    const live = readEvents(await gateway.request("t1", current));
    const next = await write(gateway, secret, "next");
    expect(brief(await live.next())).toEqual(briefOf("MODIFIED", next));
    await live.cancel();
  });

  it("GW-7 timeoutSeconds ends a watch", async () => {
    await using gateway = await testGateway();
    const { secret } = await gateway.addMachine("m1", "t1");
    await gateway.seen(secret);
    const events = readEvents(await gateway.request("t1", `${collection}&watch=true&timeoutSeconds=1`));
    expect((await events.next())?.type).toBe("ADDED");
    expect(await events.next()).toBeUndefined();
    expect(gateway.openWatches()).toBe(0);
  });

  it.each(["watch=true&sendInitialEvents=true", "watch=true&resourceVersion=x", "watch=true&timeoutSeconds=-1"])(
    "%s is a bad request",
    async (query) => {
      await using gateway = await testGateway();
      await gateway.addMachine("m1", "t1");
      expect((await gateway.request("t1", `${collection}&${query}`)).status).toBe(400);
    },
  );

  it("GW-10 many watches are one at the API server, and a change reaches its machine only", async () => {
    const upstream: string[] = [];
    await using gateway = await testGateway({
      intercept: ({ verb, type }) => {
        if (verb === "watch" && type.kind === "Secret") upstream.push(type.kind);
      },
    });
    const machines = await Promise.all(
      Array.from({ length: 50 }, (_, index) => gateway.addMachine(`n${index}`, `t${index}`)),
    );
    for (const { secret } of machines) await gateway.seen(secret);
    const path = (index: number) =>
      `/api/v1/namespaces/fleet-default/secrets?fieldSelector=metadata.name%3Dn${index}&watch=true`;
    const all = await Promise.all(
      machines.map(async (_, index) => readEvents(await gateway.request(`t${index}`, path(index)))),
    );
    for (const events of all) expect((await events.next())?.type).toBe("ADDED");
    for (const [index, { secret }] of machines.entries()) await write(gateway, secret, `plan ${index}`);
    for (const [index, events] of all.entries()) {
      const event = await events.next();
      expect([event?.type, event?.object.metadata.name]).toEqual(["MODIFIED", `n${index}`]);
    }
    expect(gateway.openWatches()).toBe(50);
    expect(upstream).toHaveLength(1);
    await Promise.all(all.map((events) => events.cancel()));
  });

  it("one machine cannot hold any number of watches", async () => {
    await using gateway = await testGateway();
    await gateway.addMachine("m1", "t1");
    const answers = await Promise.all(
      Array.from({ length: 9 }, () => gateway.request("t1", `${collection}&watch=true`)),
    );
    expect(
      answers
        .map(({ status }) => status)
        .toSorted()
        .at(-1),
    ).toBe(429);
    expect(gateway.openWatches()).toBe(8);
  });
});

describe("discovery", () => {
  it.each<[string, string, object]>([
    ["/version", "application/json", { major: "1" }],
    ["/api", "application/json", { kind: "APIVersions", versions: ["v1"] }],
    ["/apis", "application/json", { kind: "APIGroupList", groups: [] }],
    ["/api/v1", "application/json", { kind: "APIResourceList", resources: [{ name: "secrets", kind: "Secret" }] }],
    [
      "/api?timeout=32s",
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json",
      {
        kind: "APIGroupDiscoveryList",
        apiVersion: "apidiscovery.k8s.io/v2",
        items: [{ versions: [{ version: "v1" }] }],
      },
    ],
    [
      "/apis",
      "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json",
      { kind: "APIGroupDiscoveryList", apiVersion: "apidiscovery.k8s.io/v2beta1", items: [] },
    ],
  ])("GW-8 %s for %s", async (path, accept, expected) => {
    await using gateway = await testGateway();
    await gateway.addMachine("m1", "t1");
    const answer = await gateway.request("t1", path, { headers: { accept } });
    expect(answer.headers.get("content-type")).toBe(accept.split(",")[0]);
    expect(await answer.json()).toMatchObject(expected);
  });
});
