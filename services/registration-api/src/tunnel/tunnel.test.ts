import { generateKeyPairSync } from "node:crypto";
import { createLogger } from "@elemental/service";
import { openAttestor } from "@elemental/tpm";
import { certificateFor, makeAuthority, SubjectAlternativeNameExtension } from "@elemental/tpm/testing";
import { describe, expect, test } from "vitest";
import { RawClient } from "../testing/raw-client.ts";
import { tell } from "../testing/register.ts";
import { auth, PATH, PLAIN } from "../testing/test-door.ts";
import { FakeRancher } from "./testing/rancher.ts";
import { get, openTunnel, session, soon, tunnelDoor } from "./testing/tunnel-door.ts";

test("TUN-1 nothing is dialled without the Secret; once it is there, its token is shown", async () => {
  const rancher = await FakeRancher.start();
  const door = await tunnelDoor();
  await door.tell({ url: rancher.url });
  expect(await door.registry.getSingleMetricAsString("elemental_tunnel_up")).toMatch(/ 0$/);
  expect(rancher.sessions).toEqual([]);
  await door.tell({ token: "secret-1" });
  expect((await session(rancher)).authorization).toBe("Bearer secret-1");
  await soon(async () => expect(await door.registry.getSingleMetricAsString("elemental_tunnel_up")).toMatch(/ 1$/));
});

test("TUN-2 a changed token is used at once; the old session ends after its open request", async () => {
  const { door, rancher, through: old } = await openTunnel("mac");
  const conversation = RawClient.upgradeOver(old.open(), { path: PATH, headers: { Authorization: PLAIN } });
  expect((await conversation.answer()).status).toBe(101);
  await door.tell({ token: "two" });
  expect((await session(rancher, 1)).authorization).toBe("Bearer two");
  await conversation.message();
  expect(await tell(conversation)).toMatch(/^elemental:/);
  await old.closed;
  expect(await door.inventories()).toHaveLength(1);
});

test("TUN-2 an open request that does not end is cut off after its time", async () => {
  const { door, through: old } = await openTunnel("mac", {}, { drainMs: 50 });
  const conversation = RawClient.upgradeOver(old.open(), { path: PATH, headers: { Authorization: PLAIN } });
  expect((await conversation.answer()).status).toBe(101);
  await door.tell({ token: "two" });
  await old.closed;
});

test("TUN-5 the registration document comes through the tunnel as directly, by one connection again and again", async () => {
  const { door, through } = await openTunnel("mac");
  const direct = await fetch(`http://127.0.0.1:${door.port}${PATH}`);
  const { status, text, headers } = await get(through.open(), PATH);
  expect([status, text]).toEqual([200, await direct.text()]);
  expect(headers["content-type"]).toBe(direct.headers.get("content-type"));
  const connection = RawClient.over(through.open(), { path: PATH, headers: { Host: "x" } });
  for (let count = 0; count < 2; count++) {
    expect((await connection.answer()).body).toBe(text);
    connection.write(`GET ${PATH} HTTP/1.1\r\nHost: x\r\n\r\n`);
  }
});

test("TUN-6 TUN-14 a machine registers by TPM through the tunnel; impersonation headers change nothing", async () => {
  const { door, through } = await openTunnel("tpm");
  const impersonate = { "Impersonate-User": "admin", "Impersonate-Group": "system:masters" };
  const attestor = await openAttestor({ kind: "emulated", seed: 8n });
  const plain = RawClient.upgradeOver(through.open(), { path: PATH, headers: { ...impersonate } });
  expect((await plain.answer()).status).toBe(401);
  const headers = { ...impersonate, Authorization: `Bearer TPM${await attestor.document()}` };
  const client = RawClient.upgradeOver(through.open(), { path: PATH, headers });
  expect((await client.answer()).status).toBe(101);
  client.send(await attestor.answer(await client.message()));
  expect((await client.message()).toString("hex")).toBe("01");
  expect(await tell(client)).toMatch(/^elemental:/);
  expect((await door.inventory()).spec?.tpmHash).toBe(await attestor.endorsementKeyHash());
});

test("T6 limits count the last X-Forwarded-For of a tunnelled request", async () => {
  const rancher = await FakeRancher.start();
  const door = await tunnelDoor({ limits: { perAddress: { perSecond: 1, burst: 1 } } });
  await door.addRegistration(auth("mac"), { url: "" });
  await door.tell({ url: rancher.url, token: "t" });
  const through = await session(rancher);
  const status = async (address: string) =>
    (await get(through.open(), "/elemental/registration/none", { "X-Forwarded-For": address })).status;
  expect(await status("198.51.100.1, 192.0.2.1")).toBe(404);
  expect(await status("198.51.100.2, 192.0.2.1")).toBe(429);
  expect(await status("192.0.2.1, 198.51.100.3")).toBe(404);
});

test("TUN-11 TUN-13 after Rancher is gone, or sent nonsense, the tunnel comes back by itself", async () => {
  const { rancher } = await openTunnel("mac");
  (await session(rancher)).socket.send("text");
  expect((await get((await session(rancher, 1)).open(), PATH)).status).toBe(200);
  (await session(rancher, 1)).socket.send(Buffer.alloc(64 * 1024 * 1024));
  expect((await get((await session(rancher, 2)).open(), PATH)).status).toBe(200);
  await rancher.stop();
  const again = await FakeRancher.start({ port: rancher.port });
  expect((await get((await session(again)).open(), PATH)).status).toBe(200);
});

describe("TUN-12 the certificate of Rancher is always verified", async () => {
  const serving = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const authority = await makeAuthority("CN=Private CA");
  const extensions = [new SubjectAlternativeNameExtension([{ type: "ip", value: "127.0.0.1" }])];
  const { pem: cert } = await certificateFor(serving.publicKey, { issuer: authority, extensions });
  const key = serving.privateKey.export({ type: "pkcs8", format: "pem" }).toString();

  test("a private authority in ca.crt is accepted", async () => {
    const rancher = await FakeRancher.start({ tls: { cert, key } });
    const door = await tunnelDoor();
    await door.tell({ url: rancher.url, token: "t", "ca.crt": authority.pem });
    expect((await session(rancher)).authorization).toBe("Bearer t");
  });

  test.each([
    ["an empty ca.crt", async () => ""],
    ["another authority", async () => (await makeAuthority("CN=Other CA")).pem],
  ])("%s: refused, and the log says why without the token", async (_name, pem) => {
    const rancher = await FakeRancher.start({ tls: { cert, key } });
    const lines: string[] = [];
    const log = createLogger({ name: "test", level: "info", destination: { write: (line) => lines.push(line) } });
    const door = await tunnelDoor({ log });
    await door.tell({ url: rancher.url, token: "very-secret", "ca.crt": await pem() });
    await soon(() => expect(lines.join("")).toMatch(/unable to (verify|get).*certificate/));
    expect(rancher.sessions).toEqual([]);
    expect(lines.join("")).not.toContain("very-secret");
  });
});
