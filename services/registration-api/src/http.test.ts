import { machineRegistrations } from "@elemental/api";
import { describe, expect, test } from "vitest";
import { RawClient } from "./testing/raw-client.ts";
import { auth, PATH, PLAIN, serverUrl, type TestDoor, testDoor } from "./testing/test-door.ts";

async function get(door: TestDoor, path: string, method = "GET") {
  const client = await RawClient.request(door.port, { method, path, headers: { Host: "test", Connection: "close" } });
  return client.answer();
}

describe("registration document", () => {
  test("REG-1 REG-2 is YAML text with elemental.registration alone", async () => {
    const door = await testDoor();
    const { elemental } = auth("tpm").config ?? {};
    await door.addRegistration({
      config: { elemental: { ...elemental, install: { debug: true } }, "cloud-config": { a: 1 } },
    });
    const answer = await get(door, PATH);
    expect(answer).toMatchObject({
      status: 200,
      headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
    });
    expect(answer.body).toBe(`elemental:\n    registration:\n        url: ${serverUrl}${PATH}\n        auth: tpm\n`);
  });

  test("REG-3 REG-4 REG-11 omits what is empty, keeps every digit of a seed, and has the CA", async () => {
    const door = await testDoor({ settings: { caCert: "X" } });
    const registration = { "emulated-tpm-seed": -7178405686718862507n, "emulate-tpm": false };
    await door.addRegistration({ config: { elemental: { registration } } });
    const { body } = await get(door, PATH);
    expect(body).toBe(
      `elemental:\n    registration:\n        url: ${serverUrl}${PATH}\n        ca-cert: X\n        emulated-tpm-seed: -7178405686718862507\n`,
    );
  });

  test("H3 only GET and HEAD; HEAD has the headers only", async () => {
    const door = await testDoor();
    await door.addRegistration(auth("tpm"));
    expect(await get(door, PATH, "POST")).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
    const head = await get(door, PATH, "HEAD").catch((error: unknown) => error);
    expect(head).toMatchObject({ status: 200, body: "" });
  });

  test("REG-5 unknown token", async () => {
    const door = await testDoor();
    expect(await get(door, "/elemental/registration/nope")).toMatchObject({
      status: 404,
      body: "machine registration not found (NotFound)\n",
    });
  });

  test("REG-6 H2 two registrations with one token answer neither plain nor upgrade requests, and name nobody", async () => {
    const door = await testDoor();
    await door.addRegistration(auth("mac"), { key: { name: "one" } });
    await door.addRegistration(auth("mac"), { key: { name: "two" }, ready: false });
    await expect.poll(async () => (await get(door, PATH)).status).toBe(404);
    expect((await get(door, PATH)).body).toBe("machine registration not found (NotFound)\n");
    expect(await (await door.plain()).answer()).toMatchObject({
      status: 404,
      body: "machine registration not found (NotFound)\n",
    });
  });

  test("REG-7 a registration that is not ready", async () => {
    const door = await testDoor();
    await door.addRegistration(auth("mac"), { ready: false });
    await expect.poll(async () => (await get(door, PATH)).body).toBe("machine registration is not ready (NotReady)\n");
    expect((await (await door.plain()).answer()).status).toBe(404);
  });

  test("REG-8 a trailing slash and a query change nothing", async () => {
    const door = await testDoor();
    await door.addRegistration(auth("tpm"));
    for (const path of [`${PATH}/`, `${PATH}?q=1`, "/elemental/registration/%74ok1"]) {
      expect((await get(door, path)).status).toBe(200);
    }
  });

  test.each([
    ["/elemental/nope", 400, "unknwon api: nope\n"],
    ["/elemental/", 400, "unknwon api: \n"],
    ["/elemental/<b>", 400, "unknwon api: &lt;b&gt;\n"],
    ["/elemental", 404, "\n"],
    ["/", 404, "\n"],
    ["/other/registration/tok1", 404, "\n"],
    ["//elemental/registration/tok1", 404, "\n"],
    ["/elemental/registration", 404, "\n"],
    ["/elemental/registration/", 404, "\n"],
    ["/elemental/registration/a/tok1", 404, "\n"],
    ["/elemental/registration/tok1//", 404, "\n"],
    ["/elemental/registration/%zz", 400, "bad path\n"],
  ])("REG-9 H1 H2 %s", async (path, status, body) => {
    const door = await testDoor();
    await door.addRegistration(auth("tpm"));
    expect(await get(door, path)).toMatchObject({ status, body, headers: { "x-content-type-options": "nosniff" } });
  });

  test("REG-10 H3 without a registration URL", async () => {
    const door = await testDoor();
    await door.addRegistration(auth("tpm"), { url: "" });
    await expect.poll(async () => (await get(door, PATH)).status).toBe(503);
  });

  test("H2 an empty registered token is found by nobody, a deleted registration neither", async () => {
    const door = await testDoor();
    const { metadata } = await door.addRegistration(auth("tpm"));
    await door.kube.delete(machineRegistrations, { namespace: "fleet-default", name: metadata.name });
    await expect.poll(async () => (await get(door, PATH)).status).toBe(404);
  });
});

describe("upgrade", () => {
  const upgrade = async (door: TestDoor, method: string, headers: Record<string, string | undefined>) =>
    (
      await RawClient.upgradeWith(door.port, { method, path: PATH, headers: { Authorization: PLAIN, ...headers } })
    ).answer();

  test.each([
    ["POST", "POST", {}, 405],
    ["version 8", "GET", { "Sec-WebSocket-Version": "8" }, 400],
    ["no version", "GET", { "Sec-WebSocket-Version": undefined }, 400],
    ["a key of 15 bytes", "GET", { "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAA" }, 400],
    ["no key", "GET", { "Sec-WebSocket-Key": undefined }, 400],
  ])("REG-12 %s", async (_name, method, headers, status) => {
    const door = await testDoor();
    await door.addRegistration(auth("mac"));
    const answer = await upgrade(door, method, headers);
    expect(answer).toMatchObject({ status, headers: { "sec-websocket-version": "13" } });
  });

  test("REG-13 header values are lists of any letter case", async () => {
    const door = await testDoor();
    await door.addRegistration(auth("mac"));
    const answer = await upgrade(door, "GET", { Connection: "keep-alive, Upgrade", Upgrade: "WebSocket" });
    expect(answer.status).toBe(101);
  });

  test("REG-14 neither extension nor subprotocol is taken, and 101 has no other headers", async () => {
    const door = await testDoor();
    await door.addRegistration(auth("mac"));
    const offers = {
      "Sec-WebSocket-Extensions": "permessage-deflate",
      "Sec-WebSocket-Protocol": "a, b",
      Origin: "http://evil",
    };
    const { status, headers } = await upgrade(door, "GET", offers);
    expect(status).toBe(101);
    expect(Object.keys(headers).sort()).toEqual(["connection", "sec-websocket-accept", "upgrade"]);
    expect(headers["sec-websocket-accept"]).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  });

  test("another protocol than websocket is a plain request", async () => {
    const door = await testDoor();
    await door.addRegistration(auth("mac"));
    expect(await upgrade(door, "GET", { Upgrade: "h2c", "HTTP2-Settings": "AAMAAABkAAQAAP__" })).toMatchObject({
      status: 200,
    });
  });

  test("an upgrade elsewhere is answered as a plain request", async () => {
    const door = await testDoor();
    const answer = await (await RawClient.upgrade(door.port, "/elemental/nope", PLAIN)).answer();
    expect(answer.status).toBe(400);
  });
});
