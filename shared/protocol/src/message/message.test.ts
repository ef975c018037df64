import { describe, expect, test } from "vitest";
import { ProtocolError } from "../errors.ts";
import {
  decodeErrorPayload,
  decodeMessage,
  encodeErrorPayload,
  encodeMessage,
  MessageType,
  negotiate,
} from "./index.ts";

describe("codec", () => {
  test("type byte, then payload", () => {
    expect(encodeMessage(MessageType.Ready)).toEqual(Uint8Array.of(1));
    expect(encodeMessage(MessageType.Version, Uint8Array.of(12))).toEqual(Uint8Array.of(5, 12));
    expect(decodeMessage(Uint8Array.of(7, 1, 2))).toEqual({ type: MessageType.Config, payload: Uint8Array.of(1, 2) });
  });

  test.each([
    ["empty", []],
    ["type 13", [13]],
    ["type 255", [255, 1]],
  ])("REG-53 refused: %s", (_name, bytes) => {
    expect(() => decodeMessage(Uint8Array.from(bytes))).toThrow(ProtocolError);
  });
});

test.each([
  [12, 12],
  [7, 7],
  [5, 5],
  [13, 12],
  [255, 12],
  [4, undefined],
  [0, undefined],
])("REG-51 REG-52 a client of version %i gets %s", (client, expected) => {
  expect(negotiate(client)).toBe(expected);
});

describe("MsgError", () => {
  test("is a YAML mapping with the single key message", () => {
    expect(Buffer.from(encodeErrorPayload("MachineInventory not found")).toString()).toBe(
      "message: MachineInventory not found\n",
    );
  });

  test.each(["MachineInventory not found", "a: b", "", "12", "line\nline", 'quotes " and \\'])(
    "survives: %j",
    (message) => {
      expect(decodeErrorPayload(encodeErrorPayload(message))).toBe(message);
    },
  );

  test.each([
    ['{"message": "flow form"}', "flow form"],
    ["message: 404\n", "404"],
    ["message: |\n    long\n    text\n", "long\ntext\n"],
  ])("is read as YAML: %j", (yaml, message) => {
    expect(decodeErrorPayload(Buffer.from(yaml))).toBe(message);
  });

  test("without a message it is malformed", () => {
    expect(() => decodeErrorPayload(Buffer.from("x: y"))).toThrow(ProtocolError);
    expect(() => decodeErrorPayload(Buffer.from(""))).toThrow(ProtocolError);
  });
});
