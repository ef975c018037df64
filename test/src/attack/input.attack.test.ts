import { deflateRawSync } from "node:zlib";
import { events, machineInventories } from "@elemental/api";
import { json, RawClient, tell } from "@elemental/registration-api/testing";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type AttackedSystem, startSystem, type Target } from "./system.ts";

const forMacs = { config: { elemental: { registration: { auth: "mac" } } } };

let system: AttackedSystem;
beforeAll(async () => {
  system = await startSystem(inject("kubeconfig"));
});
afterAll(() => system?.stop());

let machines = 0;

/** A conversation of a new machine, after the negotiation. */
async function converse(target: Target, headers: Record<string, string> = {}): Promise<RawClient> {
  machines += 1;
  const Authorization = `Bearer PLAIN${target.namespace}-${machines}`;
  const client = await RawClient.upgradeWith(system.port, {
    path: target.path,
    headers: { Authorization, ...headers },
  });
  expect((await client.answer()).status).toBe(101);
  await client.message();
  client.send([5, 12]);
  await client.message();
  return client;
}

const stored = async ({ namespace }: Target) => (await system.kube.list(machineInventories, { namespace })).items;

describe("oversized frames and bombs", () => {
  const zeros = Buffer.alloc(64 * 1024 * 1024);
  const bomb = deflateRawSync(zeros);
  const frame = (first: number, length: number, body = Buffer.alloc(0)) => {
    const head = Buffer.alloc(14);
    head[0] = first;
    head[1] = 0xff;
    head.writeBigUInt64BE(BigInt(length), 2);
    return Buffer.concat([head, body]);
  };

  test.each<[string, string, (client: RawClient) => void]>([
    ["a message of 5 MiB", "1009", (client) => client.send(Buffer.alloc(5 * 1024 * 1024, 1))],
    ["a frame that says it has 2^40 bytes", "1009", (client) => client.write(frame(0x82, 2 ** 40))],
    [
      "many fragments of one message of 5 MiB",
      "1009",
      (client) => client.send(Buffer.alloc(5 * 1024 * 1024, 1), { fragments: 320 }),
    ],
    ["a compressed frame that nobody agreed to", "1002", (client) => client.write(frame(0xc2, bomb.length, bomb))],
    [
      "65 messages",
      "1008",
      (client) => {
        for (let i = 0; i < 65; i += 1) client.send(json(9, {}));
      },
    ],
    ["JSON 100,000 levels deep", "1002", (client) => client.send(`\u000b${"[".repeat(100_000)}`)],
    [
      "a JSON object with 200,000 keys",
      "100",
      (client) => client.send(json(3, Object.fromEntries(Array.from({ length: 200_000 }, (_, i) => [`k${i}`, 1])))),
    ],
  ])("%s: closed with %s", async (_title, code, send) => {
    const target = await system.open(forMacs);
    const closed = await system.unharmed(target, async () => {
      const client = await converse(target, { "Sec-WebSocket-Extensions": "permessage-deflate" });
      send(client);
      for (;;) {
        const next = await client.frame();
        if (next === undefined) return "no frame";
        if (next.opcode === 8) return `${next.payload.readUInt16BE()} ${next.payload.subarray(2)}`;
        expect(next.payload.toString("hex")).toBe("01");
      }
    });
    expect(closed).toMatch(new RegExp(`^${code}`));
  });

  test("an upgrade that offers compression gets none", async () => {
    const target = await system.open(forMacs);
    await system.unharmed(target, async () => {
      const headers = {
        Authorization: "Bearer PLAINx",
        "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
      };
      const client = await RawClient.upgradeWith(system.port, { path: target.path, headers });
      expect((await client.answer()).headers).not.toHaveProperty("sec-websocket-extensions");
      client.destroy();
    });
  });

  test("headers of 100 KiB: refused with 431", async () => {
    const target = await system.open(forMacs);
    await system.unharmed(target, async () => {
      const client = await RawClient.upgrade(system.port, target.path, `Bearer TPM${"A".repeat(100 * 1024)}`);
      expect((await client.answer()).status).toBe(431);
    });
  });
});

describe("keys of the prototype", () => {
  const polluted = (text: string) => JSON.parse(text);
  const keys = ["__proto__", "constructor", "prototype", "toString"];

  test.each(keys)("label, annotation and fact %j: stored as data or left out, and nothing is polluted", async (key) => {
    const target = await system.open({
      ...forMacs,
      machineInventoryLabels: { found: `\${${key}/polluted}`, class: "${constructor/name}" },
    });
    const client = await converse(target);
    const evil = polluted(`{"${key}":{"polluted":"yes"},"a":{"${key}":{"polluted":"yes"}}}`);
    const answer = await tell(client, { data: evil, labels: { [key]: "x" }, annotations: { [key]: "x" } });
    expect(answer).toMatch(/^elemental:/);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain("polluted");
    const [inventory] = await stored(target);
    const own = key === "__proto__" ? {} : { [`elemental.cattle.io/${key}`]: "x" };
    expect(inventory?.metadata.labels).toEqual({ found: "yes", ...own });
  });
});

describe("log injection", () => {
  const evil = 'x\r\n{"level":"error","msg":"forged"}\u001b[2J\u001b]0;owned\u0007\u202etxt';

  test("labels, names, facts and addresses with line breaks and escape sequences stay on one line, escaped", async () => {
    const target = await system.open({ ...forMacs, machineName: "m-${Runtime/Hostname}" });
    const client = await converse(target, { "X-Forwarded-For": "192.0.2.1\u00a0\u009b2J" });
    const answer = await tell(client, {
      data: { Runtime: { Hostname: evil } },
      labels: { [evil]: evil, ok: evil },
      annotations: { [evil]: evil, ok: evil },
    });
    expect(answer).toMatch(/^elemental:/);
    await RawClient.request(system.port, {
      path: `/elemental/${encodeURIComponent(evil)}`,
      headers: { Host: "x" },
    }).then((one) => one.answer());
    await RawClient.upgrade(system.port, `/elemental/registration/${encodeURIComponent(evil)}`, "Bearer PLAINx").then(
      (one) => one.answer(),
    );
    await RawClient.upgrade(system.port, target.path, `Bearer PLAIN\u001b[2J`).then((one) => one.answer());
    expectCleanLines(system.logged());
    for (const line of system.logged().trimEnd().split("\n"))
      expect(JSON.parse(line)).not.toMatchObject({ msg: "forged" });
    const told = (await system.kube.list(events, { namespace: target.namespace })).items.map(({ message }) => message);
    for (const message of told) expect(message).toMatch(/^[^\p{Cc}\u202e]*$/u);
    expectCleanLines(await system.registry.metrics());
    for (const { metadata, status } of await stored(target)) {
      expectCleanLines(Object.values(metadata.labels ?? {}).join());
      expectCleanLines((status?.conditions ?? []).map(({ message }) => message).join());
    }
  });
});

/** No control character but the line feed. */
function expectCleanLines(text: string): void {
  expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
}
