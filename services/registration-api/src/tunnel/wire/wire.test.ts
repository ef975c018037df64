import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeMessage, encodeConnections, encodeMessage, messageType } from "./message.ts";
import { decodeVarint, encodeVarint, TunnelProtocolError } from "./varint.ts";

const transcript: { from: string; hex: string }[] = JSON.parse(
  readFileSync(new URL("../../../../../test/facts/rancher-tunnel-transcript.json", import.meta.url), "utf8"),
);

describe("varint", () => {
  test.each([
    [0n, "00"],
    [-1n, "01"],
    [1n, "02"],
    [15_000n, "b0ea01"],
    [2n ** 63n - 1n, "feffffffffffffffff01"],
    [-(2n ** 63n), "ffffffffffffffffff01"],
  ])("TUN-3 %s is %s", (value, hex) => {
    expect(Buffer.from(encodeVarint(value)).toString("hex")).toBe(hex);
    expect(decodeVarint(Buffer.from(`ff${hex}ff`, "hex"), 1)).toEqual({ value, next: 1 + hex.length / 2 });
  });

  test.each([
    ["cut off", "80"],
    ["empty", ""],
    ["eleven bytes", "8080808080808080808001"],
    ["65 bits", "feffffffffffffffff02"],
  ])("TUN-13 %s is refused", (_name, hex) => {
    expect(() => decodeVarint(Buffer.from(hex, "hex"), 0)).toThrow(TunnelProtocolError);
  });
});

test("what is encoded is decoded", () => {
  const message = fc.record({
    id: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    connection: fc.maxSafeInteger(),
    type: fc.constantFrom(...Object.values(messageType)),
    body: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
  });
  fc.assert(
    fc.property(message, (sent) => {
      expect(decodeMessage(encodeMessage(sent))).toEqual(sent);
    }),
  );
});

test("any bytes are a message or refused", () => {
  const decode = (bytes: Uint8Array) => {
    try {
      return decodeMessage(Buffer.from(bytes));
    } catch (error) {
      return error;
    }
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const result = decode(bytes);
      expect(result instanceof TunnelProtocolError || Buffer.isBuffer((result as { body: unknown }).body)).toBe(true);
    }),
  );
});

test("TUN-4 the recorded session is read: one connection, GET then POST", () => {
  const read = transcript.map(({ from, hex }) => ({ from, ...decodeMessage(Buffer.from(hex, "hex")) }));
  expect(read.map(({ from, connection, type }) => [from, connection, type])).toEqual([
    ["server", 2, messageType.connect],
    ["server", 2, messageType.data],
    ["client", 2, messageType.data],
    ["server", 2, messageType.data],
    ["server", 2, messageType.data],
    ["client", 2, messageType.data],
  ]);
  const texts = read.map(({ body }) => body.toString());
  expect(texts[0]).toBe("tcp/stv-test:80");
  expect(texts[1]).toMatch(/^GET \/elemental\/registration\/abc HTTP\/1\.1\r\n/);
  expect(texts[3]).toMatch(/^POST \/elemental\/x HTTP\/1\.1\r\n/);
  expect(texts[4]).toBe("x=1");
});

test("TUN-4 a message is written as it was recorded", () => {
  for (const { hex } of transcript) {
    expect(encodeMessage(decodeMessage(Buffer.from(hex, "hex"))).toString("hex")).toBe(hex);
  }
});

test("open connections are listed in ascending order, 8 bytes each", () => {
  expect(encodeConnections([300, 2]).toString("hex")).toBe("02000000000000002c01000000000000");
});
