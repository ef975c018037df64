import { describe, expect, test } from "vitest";
import { encodeErrorPayload, encodeMessage, MessageType } from "../message/index.ts";
import { type ClientReport, type ClientTransport, runClientSession } from "./client.ts";

const ready = encodeMessage(MessageType.Ready);
const yaml = Buffer.from("elemental: {}\n");
const report: ClientReport = {
  update: false,
  smbios: { "System Information": { UUID: "u" } },
  systemDataV2: { Runtime: { Hostname: "h1" } },
  legacySystemData: () => ({ runtime: { hostname: "h1" } }),
  annotations: { auth: "tpm" },
  labels: { site: "lab" },
};

/** A server that answers as one of `version` does; `answers` overrides by message type. */
function server(version: number, answers: Partial<Record<MessageType, Uint8Array>> = {}) {
  const received: number[] = [];
  const queue: Uint8Array[] = [ready];
  const answer = (type: number): Uint8Array => {
    if (type === MessageType.Version) return encodeMessage(MessageType.Version, Uint8Array.of(version));
    if (type === MessageType.Get) return version < 7 ? yaml : encodeMessage(MessageType.Config, yaml);
    return ready;
  };
  const transport: ClientTransport = {
    async send(message) {
      const type = message[0] as MessageType;
      received.push(type);
      queue.push(answers[type] ?? answer(type));
    },
    async receive() {
      const message = queue.shift();
      if (!message) throw new Error("connection closed");
      return message;
    },
  };
  return { transport, received, queue };
}

describe("client session", () => {
  test.each([
    ["REG-66 all of it at version 12", 12, [5, 2, 11, 9, 3, 4]],
    ["REG-66 SystemData at version 10", 10, [5, 2, 6, 9, 3, 4]],
    ["REG-66 no annotations at version 8", 8, [5, 2, 6, 3, 4]],
    ["raw YAML and SystemData at version 6", 6, [5, 2, 6, 3, 4]],
    ["no system data at version 5", 5, [5, 2, 3, 4]],
  ])("%s", async (_name, version, expected) => {
    const { transport, received } = server(version);
    const result = await runClientSession(transport, report);
    expect(received).toEqual(expected);
    expect(Buffer.from(result.config).toString()).toBe("elemental: {}\n");
    expect(result.version).toBe(version);
  });

  test("REG-69 without SMBIOS neither kind of host data is sent, annotations still are", async () => {
    const { transport, received } = server(12);
    await runClientSession(transport, { update: false, annotations: {}, labels: {} });
    expect(received).toEqual([5, 9, 4]);
  });

  test("an update is asked for first", async () => {
    const { transport, received } = server(12);
    await runClientSession(transport, { ...report, update: true });
    expect(received).toEqual([5, 10, 2, 11, 9, 3, 4]);
  });

  test("REG-66 an update is impossible at version 9", async () => {
    const { transport, received } = server(9);
    await expect(runClientSession(transport, { ...report, update: true })).rejects.toMatchObject({
      code: "Unsupported",
      message: "elemental-operator protocol version does not support update",
    });
    expect(received).toEqual([5]);
  });

  const refused = (text: string) => encodeMessage(MessageType.Error, encodeErrorPayload(text));
  test.each([
    ["REG-67 an Error after Smbios", { [MessageType.Smbios]: refused("no") }, "no"],
    ["an Error after Update", { [MessageType.Update]: refused("gone") }, "update error: gone"],
    ["REG-68 an Error after Get", { [MessageType.Get]: refused("later") }, "later"],
  ])("%s ends the session with its text", async (_name, answers, message) => {
    const { transport } = server(12, answers);
    await expect(runClientSession(transport, { ...report, update: true })).rejects.toMatchObject({
      code: "Refused",
      message,
    });
  });

  test("an unexpected message ends it, as does a lost connection", async () => {
    const { transport } = server(12, { [MessageType.Smbios]: encodeMessage(MessageType.Get) });
    await expect(runClientSession(transport, report)).rejects.toMatchObject({ code: "Unexpected" });
    const closed = server(12);
    closed.queue.length = 0;
    await expect(runClientSession(closed.transport, report)).rejects.toThrow("connection closed");
  });

  test("a challenge is answered before anything else", async () => {
    const { transport, queue, received } = server(12);
    queue.splice(0, 1, Buffer.from("challenge"));
    const answerChallenge = async (challenge: Uint8Array) => Buffer.from(`{"answer to ${challenge}"}`);
    await runClientSession(transport, report, { answerChallenge });
    expect(received).toEqual(["{".charCodeAt(0), 5, 2, 11, 9, 3, 4]);
  });
});
