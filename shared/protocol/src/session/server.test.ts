import { describe, expect, test } from "vitest";
import { ProtocolError } from "../errors.ts";
import { decodeErrorPayload, encodeMessage, MessageType } from "../message/index.ts";
import { limits } from "./limits.ts";
import { type ServerAction, ServerSession, type ServerSessionOptions } from "./server.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);
const message = (type: MessageType, payload = "") => encodeMessage(type, Buffer.from(payload));
const open = (options: Partial<ServerSessionOptions> = {}) =>
  new ServerSession({ labelPrefix: undefined, known: false, ...options });

/** The actions in short: `send 01`, `commit`, `close 1000`. */
function brief(actions: ServerAction[]): string[] {
  return actions.map((action) => {
    if (action.kind === "send") return `send ${Buffer.from(action.message).toString("hex")}`;
    return action.kind === "commit" ? "commit" : `close ${action.code}`;
  });
}

function send(session: ServerSession, ...messages: Uint8Array[]): string[] {
  return messages.flatMap((data) => brief(session.receive(data, true)));
}

const refusalOf = (actions: ServerAction[]) => {
  const [answer, close] = actions;
  if (answer?.kind !== "send" || answer.message[0] !== MessageType.Error) return undefined;
  return { text: decodeErrorPayload(answer.message.subarray(1)), close: close?.kind };
};

describe("server session", () => {
  test.each([
    [0x0c, "send 050c"],
    [0x07, "send 0507"],
    [0xff, "send 050c"],
  ])("REG-51 a client of version %i", (version, answer) => {
    expect(send(open(), bytes(5, version))).toEqual([answer]);
  });

  test.each([
    ["REG-52 too old", bytes(5, 4)],
    ["REG-52 no version", bytes(5)],
    ["REG-52 two versions", bytes(5, 12, 12)],
    ["REG-53 empty", bytes()],
    ["REG-53 type 13", bytes(13)],
    ["REG-54 Undefined", bytes(0)],
    ["REG-54 Ready", bytes(1)],
    ["REG-54 Config", bytes(7)],
    ["REG-54 Error", bytes(8)],
    ["REG-54 NetworkConfig", bytes(12)],
    ["REG-55 an array", message(MessageType.Smbios, "[1]")],
    ["REG-55 truncated JSON", message(MessageType.Smbios, '{"a":')],
    ["REG-56 a number", message(MessageType.Labels, '{"a":1}')],
    ["too deep", message(MessageType.SystemDataV2, `{"a":${"[".repeat(40)}${"]".repeat(40)}}`)],
  ])("%s closes, without an answer", (_name, data) => {
    const actions = brief(open().receive(data, true));
    expect(actions).toHaveLength(1);
    expect(actions[0]).toMatch(/^close 100[28]$/);
  });

  test("REG-53 a text message closes", () => {
    expect(brief(open().receive(bytes(4), false))).toEqual(["close 1008"]);
  });

  test("REG-55 REG-56 null is an empty document or value", () => {
    const session = open();
    expect(send(session, message(MessageType.Smbios, "null"), message(MessageType.Labels, '{"a":null}'))).toEqual([
      "send 01",
      "send 01",
    ]);
    const [commit] = session.receive(bytes(4), true);
    expect(commit?.kind === "commit" && [...commit.report.labels]).toEqual([["elemental.cattle.io/a", ""]]);
  });

  test("later data replace earlier ones, key by key", () => {
    const session = open();
    send(
      session,
      message(MessageType.Smbios, '{"A":{"x":"1","y":"2"},"B":"b"}'),
      message(MessageType.SystemDataV2, '{"A":{"x":"3"}}'),
    );
    const [commit] = session.receive(bytes(4), true);
    expect(commit?.kind === "commit" && commit.report.data).toEqual({ A: { x: "3" }, B: "b" });
  });

  test("REG-59 an update needs a stored inventory", () => {
    expect(send(open({ known: true }), bytes(5, 12), bytes(10))).toEqual(["send 050c", "send 01"]);
    const session = open();
    session.receive(bytes(5, 12), true);
    expect(refusalOf(session.receive(bytes(10), true))).toEqual({
      text: "MachineInventory not found (InventoryNotFound)",
      close: "close",
    });
    const old = open();
    old.receive(bytes(5, 7), true);
    expect(send(old, bytes(10))).toEqual(["close 1008"]);
  });

  test.each([
    [undefined, "send 656c656d656e74616c3a0a"],
    [6, "send 656c656d656e74616c3a0a"],
    [7, "send 07656c656d656e74616c3a0a"],
    [12, "send 07656c656d656e74616c3a0a"],
  ])("REG-60 the configuration at version %s", (version, answer) => {
    const session = open();
    if (version !== undefined) session.receive(bytes(5, version), true);
    expect(send(session, bytes(4))).toEqual(["commit"]);
    expect(brief(session.succeed(Buffer.from("elemental:\n")))).toEqual([answer, "close 1000"]);
  });

  test("REG-61 a failed commit is told from version 8 on", () => {
    const failAt = (version: number) => {
      const session = open();
      send(session, bytes(5, version), bytes(4));
      return session.fail({ code: "Conflict", message: "no" });
    };
    expect(brief(failAt(7))).toEqual(["close 1008"]);
    expect(refusalOf(failAt(8))).toEqual({ text: "no (Conflict)", close: "close" });
  });

  test("nothing is handled while a commit is under way, nor after the end", () => {
    const session = open();
    send(session, bytes(4));
    expect(send(session, bytes(4), bytes(13))).toEqual([]);
    session.fail({ code: "Conflict", message: "x" });
    expect(send(session, bytes(4))).toEqual([]);
    expect(session.succeed(bytes())).toEqual([]);
    expect(session.fail({ code: "Conflict", message: "again" })).toEqual([]);
  });
});

describe("limits", () => {
  test("H15 Version comes first, and once", () => {
    expect(send(open(), bytes(5, 12), bytes(5, 12)).at(-1)).toBe("close 1008");
    expect(send(open(), message(MessageType.Smbios, "{}"), bytes(5, 12)).at(-1)).toBe("close 1008");
  });

  test("H15 a type of data is taken four times", () => {
    const smbios = message(MessageType.Smbios, "{}");
    expect(send(open(), smbios, smbios, smbios, smbios, smbios)).toEqual([...Array(4).fill("send 01"), "close 1008"]);
  });

  test("REG-58 a message over 4 MiB closes", () => {
    expect(send(open(), new Uint8Array(limits.messageBytes + 1))).toEqual(["close 1008"]);
  });

  test("H6 so does a conversation over 16 MiB", () => {
    const big = message(MessageType.Smbios, JSON.stringify({ a: "x".repeat(3_900_000) }));
    const other = message(MessageType.SystemDataV2, JSON.stringify({ a: "x".repeat(3_900_000) }));
    expect(send(open(), big, big, big, big, other).at(-1)).toBe("close 1008");
  });
});

describe("challenge", () => {
  const check = (response: Uint8Array) => {
    if (Buffer.from(response).toString() !== "right")
      throw new ProtocolError("Unexpected", "wrong answer to the TPM challenge");
  };
  const challenged = () => open({ challenge: { message: bytes(0x7b, 0x7d), check } });

  test("REG-29 is sent first, and Ready after the right answer, text or binary", () => {
    const session = challenged();
    expect(brief(session.start())).toEqual(["send 7b7d"]);
    expect(brief(session.receive(Buffer.from("right"), false))).toEqual(["send 01"]);
    expect(send(session, bytes(4))).toEqual(["commit"]);
    expect(brief(open().start())).toEqual(["send 01"]);
  });

  test("REG-30 a wrong answer closes; there is no second attempt", () => {
    const session = challenged();
    expect(send(session, Buffer.from("wrong"), Buffer.from("right"))).toEqual(["close 1008"]);
  });
});
