import { machineRegistrations, secrets, serviceAccounts } from "@elemental/api";
import { describe, expect, test } from "vitest";
import { RawClient } from "./testing/raw-client.ts";
import { tell } from "./testing/register.ts";
import { auth, doorFor, PLAIN, type TestDoor } from "./testing/test-door.ts";

const register = async (door: TestDoor) => tell(await door.negotiated());

describe("settings", () => {
  test("REG-98 lax TLS is expressed by omission, the CA is delivered", async () => {
    const strict = await register(await doorFor());
    expect(strict).toContain("        strictTLSMode: true\n");
    const lax = await register(await doorFor(auth("mac"), { settings: { strictTls: false, caCert: "PEM" } }));
    expect(lax).not.toContain("strictTLSMode");
    expect(lax).toContain("        ca-cert: PEM\n");
  });

  test("REG-99 without server-url there is a reason, and the inventory stays", async () => {
    const door = await doorFor(auth("mac"), { settings: { serverUrl: undefined } });
    expect(await register(door)).toBe("\u0008message: server-url is not set (Misconfigured)\n");
    expect(await door.inventories()).toHaveLength(1);
  });
});

describe("registration", () => {
  test("REG-96 REG-97 H28 cloud-config is delivered as bytes of JSON", async () => {
    const door = await doorFor({ config: { ...auth("mac").config, "cloud-config": { a: "a", nothing: null } } });
    const answer = await register(door);
    expect(answer).toContain(
      "cloud-config:\n    a:\n        raw:\n            - 34\n            - 97\n            - 34\n        object: null\n",
    );
    expect(answer).toContain("    nothing:\n        raw:\n            - 110\n");
  });

  test("a cloud-config that is no object is told to its machines and hurts nobody else", async () => {
    const door = await doorFor({ config: { ...auth("mac").config, "cloud-config": "text" } });
    expect(await register(door)).toBe(
      "\u0008message: cloud-config of the registration must be an object (Misconfigured)\n",
    );
  });

  test("one that is deleted in mid-conversation writes nothing any more", async () => {
    const door = await doorFor();
    const client = await door.negotiated();
    await door.kube.delete(machineRegistrations, { namespace: "fleet-default", name: "r-tok1" });
    await expect.poll(async () => (await (await door.plain()).answer()).status).toBe(404);
    expect(await tell(client)).toBe("\u0008message: machine registration is not ready (NotReady)\n");
    expect(await door.inventories()).toEqual([]);
  });
});

describe("the shared credential", () => {
  const shared = { ...auth("mac"), credential: "Shared" as const };
  const account = { namespace: "fleet-default", name: "r-tok1" };

  async function doorWith(type: string, token: string): Promise<TestDoor> {
    const door = await doorFor(shared);
    const serviceAccountRef = { kind: "ServiceAccount", ...account };
    await door.kube.patchStatus(machineRegistrations, account, {
      type: "merge",
      body: { status: { serviceAccountRef } },
    });
    await door.kube.create(serviceAccounts, { apiVersion: "v1", kind: "ServiceAccount", metadata: account });
    const metadata = { ...account, name: `${account.name}-token` };
    const data = { token: Buffer.from(token).toString("base64") };
    await door.kube.create(secrets, { apiVersion: "v1", kind: "Secret", metadata, type, data });
    return door;
  }

  test("REG-71 delivers the token of the registration's ServiceAccount for the whole cluster", async () => {
    const door = await doorWith("kubernetes.io/service-account-token", "TOKEN");
    await expect
      .poll(() => register(door))
      .toContain(
        "    system-agent:\n        strictTLSMode: true\n        url: https://rancher.example.com/k8s/clusters/local\n        token: TOKEN\n",
      );
    expect((await door.inventory()).spec?.credential).toBeUndefined();
  });

  test("a machine that comes from another registration is noted as one of those that share", async () => {
    const door = await doorWith("kubernetes.io/service-account-token", "TOKEN");
    await door.addRegistration(auth("mac"), { token: "own" });
    const client = await RawClient.upgrade(door.port, "/elemental/registration/own", PLAIN);
    await client.answer();
    await client.message();
    await tell(client);
    expect((await door.inventory()).spec?.registrationRef).toEqual({ name: "r-own" });
    await expect.poll(() => register(door)).toContain("token: TOKEN");
    expect((await door.inventory()).spec?.registrationRef).toEqual({ name: "r-tok1" });
  });

  test.each([
    ["no account", () => doorFor(shared), "failed to get service account: the registration has none"],
    [
      "REG-100 another type",
      () => doorWith("Opaque", "TOKEN"),
      "failed to get secret: it holds no service account token",
    ],
    [
      "H27 no token yet",
      () => doorWith("kubernetes.io/service-account-token", ""),
      "failed to get secret: it holds no service account token",
    ],
  ])("%s is told, and the server keeps running", async (_name, make, message) => {
    const door = await make();
    await expect.poll(() => register(door)).toBe(`\u0008message: '${message} (Misconfigured)'\n`);
  });
});
