import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { RawClient } from "./testing/raw-client.ts";
import { doorFor, MAC_HASH } from "./testing/test-door.ts";

const json = (type: number, value: unknown) =>
  Buffer.concat([Buffer.from([type]), Buffer.from(`${JSON.stringify(value)}\n`)]);

describe("transcript", () => {
  const transcript = JSON.parse(
    readFileSync(new URL("../../../test/facts/transcript-plain-v12.json", import.meta.url), "utf8"),
  );

  test("REG-71 REG-46 H16 is answered byte for byte, and closed with 1000", async () => {
    const { token, machineName, config } = transcript.registration;
    const door = await doorFor({ machineName, config, token, credential: "Machine" });
    const client = await RawClient.upgradeWith(door.port, {
      path: transcript.request.path,
      headers: transcript.request.headers,
    });
    expect((await client.answer()).status).toBe(101);
    for (const { from, type, hex, text } of transcript.messages) {
      if (from === "client") client.send(Buffer.from(hex, "hex"));
      else if (type !== "Config") expect((await client.message()).toString("hex")).toBe(hex);
      else {
        const [head, body] =
          [await client.message()].map((message) => [message[0], message.subarray(1).toString()])[0] ?? [];
        expect(head).toBe(7);
        // Ours: the machine's own token, and the gateway in place of the whole cluster.
        const expected = text
          .replace("/k8s/clusters/local", "/elemental/agent")
          .replace("TOKEN", () => /token: (.*)/.exec(String(body))?.[1] ?? "");
        expect(body).toBe(expected);
      }
    }
    expect(await client.closed()).toBe("1000 registered");
    const [inventory] = await door.inventories();
    expect(inventory?.metadata).toMatchObject({ name: "node-h1", namespace: "fleet-default" });
    expect(inventory?.spec).toMatchObject({ machineHash: MAC_HASH, network: { configurator: "none" } });
    expect(inventory?.spec?.tpmHash).toBeUndefined();
    expect(door.kube.writes.filter(({ type }) => type.kind === "MachineInventory")).toHaveLength(1);
  });
});

describe("messages", () => {
  test.each([
    [0x0c, 0x0c],
    [0x07, 0x07],
    [0xff, 0x0c],
  ])("REG-51 a client of version %i is answered %i", async (version, answer) => {
    const client = await (await doorFor()).ready();
    client.send([5, version]);
    expect(await client.message()).toEqual(Buffer.from([5, answer]));
  });

  test.each<[string, number[] | Buffer, number?]>([
    ["REG-52 version 4", [5, 4]],
    ["REG-52 no version", [5]],
    ["REG-52 two bytes of version", [5, 12, 12]],
    ["REG-53 a text message", [4], 1],
    ["REG-53 an empty message", []],
    ["REG-53 type 13", [13]],
    ["REG-54 Undefined", [0]],
    ["REG-54 Ready", [1]],
    ["REG-54 Config", [7]],
    ["REG-54 Error", [8]],
    ["REG-54 NetworkConfig", [12]],
    ["REG-55 an array", json(2, [1])],
    ["REG-55 truncated JSON", Buffer.from('\u0002{"a"')],
    ["REG-56 a number as label", json(3, { a: 1 })],
  ])("%s is closed without an answer", async (_name, payload, opcode = 2) => {
    const client = await (await doorFor()).ready();
    client.send(payload, { opcode });
    expect(await client.closed()).toMatch(/^10(02|08) /);
  });

  test("REG-55 REG-57 null, and data in three fragments, are answered Ready", async () => {
    const client = await (await doorFor()).ready();
    client.send(json(2, null));
    expect(await client.message()).toEqual(Buffer.from([1]));
    client.send(json(11, { Runtime: { Hostname: "x".repeat(70_000) } }), { fragments: 3 });
    expect(await client.message()).toEqual(Buffer.from([1]));
  });

  test("REG-58 H6 a message of 5 MiB is closed", async () => {
    const client = await (await doorFor()).ready();
    client.send(Buffer.alloc(5 * 1024 * 1024, 2));
    expect(await client.closed()).toMatch(/^1009/);
  });

  test("H6 a frame that announces a gigabyte is closed at once", async () => {
    const client = await (await doorFor()).ready();
    client.write(Buffer.from("82ff0000000040000000", "hex"));
    expect(await client.closed()).toMatch(/^1009/);
  });

  test("an unmasked frame is a protocol error", async () => {
    const client = await (await doorFor()).ready();
    client.write(Buffer.from([0x82, 1, 4]));
    expect(await client.closed()).toMatch(/^1002/);
  });

  test("a ping is answered", async () => {
    const client = await (await doorFor()).ready();
    client.send("hi", { opcode: 9 });
    expect(await client.frame()).toEqual({ fin: true, opcode: 10, payload: Buffer.from("hi") });
  });
});

describe("update", () => {
  test("REG-59 H15 H16 without an inventory: MsgError, and at version 7 a close alone", async () => {
    const door = await doorFor();
    const client = await door.negotiated();
    client.send([10]);
    expect(await client.text()).toBe("\u0008message: MachineInventory not found (InventoryNotFound)\n");
    expect(await client.closed()).toBe("1000 refused");
    const old = await door.negotiated(7);
    old.send([10]);
    expect(await old.closed()).toBe("1008 MachineInventory not found (InventoryNotFound)");
  });

  test("REG-59 with an inventory: Ready", async () => {
    const door = await doorFor();
    const first = await door.negotiated();
    first.send([4]);
    await first.message();
    const second = await door.negotiated();
    second.send([10]);
    expect(await second.message()).toEqual(Buffer.from([1]));
  });
});
