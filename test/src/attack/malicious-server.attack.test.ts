import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { deflateRawSync } from "node:zlib";
import { memoryStore, openAuthority } from "@elemental/apiserver";
import { type ServerScript, startScriptedServer } from "@elemental/register-client/testing";
import { makeAuthority } from "@elemental/tpm/testing";
import { describe, expect, test } from "vitest";
import { attackedMachine, treeOf, unharmed } from "./attacked-machine.ts";

const message = (type: number, payload: string | Buffer = "") =>
  Buffer.concat([Buffer.from([type]), Buffer.from(payload)]);

describe("before the conversation", () => {
  test("a redirect to another server: not followed", async () => {
    const requests: string[] = [];
    const other = createServer((request, response) => {
      requests.push(request.url ?? "");
      response.end();
    });
    other.on("upgrade", (request, socket) => {
      requests.push(request.url ?? "");
      socket.destroy();
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/elemental/registration/x`;
    await using system = await attackedMachine();
    const last = await unharmed(system, { refuse: { status: 302, body: "", headers: { Location: location } } });
    expect(last).toContain("302");
    expect(requests).toEqual([]);
    other.close();
  });

  test("a refusal with escape sequences: printed without them", async () => {
    await using system = await attackedMachine();
    const body = "no\u001b[2J\u001b]0;owned\u0007\r\nF FATAL: all is well\u202e";
    expect(await unharmed(system, { refuse: { status: 401, body } })).toContain("the server refused this machine: no");
  });

  test("a refusal without end: cut off", async () => {
    await using system = await attackedMachine();
    const headers = { "Content-Length": 2 ** 40 };
    const refuse = { status: 401, body: "x".repeat(64 * 1024), headers: headers as unknown as Record<string, string> };
    expect((await unharmed(system, { refuse })).length).toBeLessThan(3000);
  });

  test("a certificate of an authority that the machine does not trust: refused", async () => {
    const authority = await openAuthority({ store: memoryStore(), commonName: "theirs" });
    const { certificate, key } = await authority.credential("server", { commonName: "x", hosts: ["127.0.0.1"] });
    const impostor = await startScriptedServer({ tls: { cert: certificate, key } });
    await using system = await attackedMachine();
    const { pem } = await makeAuthority("CN=Ours");
    const registration = { url: impostor.url, auth: "mac", "ca-cert": pem };
    const file = JSON.stringify({ elemental: { registration } });
    system.lab.write({ "run/initramfs/live/livecd-cloud-config.yaml": file });
    expect(await unharmed(system, {})).toMatch(/certificate/);
    expect(impostor.attempts).toBe(0);
    await impostor.close();
  });
});

describe("TPM", () => {
  test.each<[string, Buffer, RegExp]>([
    ["Ready without a challenge", message(1), /challenge does not decode/],
    ["a challenge that is no JSON", Buffer.from("{]"), /challenge does not decode/],
    ["a challenge for another TPM", challengeOf(Buffer.alloc(68), Buffer.alloc(256)), /not made for this/],
    [
      "a quote request for a log of its own",
      challengeOf(Buffer.alloc(68), Buffer.alloc(256), { Nonce: "A".repeat(8000), PCRs: [] }),
      /challenge does not decode/,
    ],
    ["a challenge of 15 MiB", Buffer.from(`{"EC":{"Credential":"${"A".repeat(15 * 1024 * 1024)}"}}`), /./],
  ])("%s: the machine answers nothing", async (_title, challenge, reason) => {
    await using system = await attackedMachine("tpm");
    const answers: Buffer[] = [];
    const isAnsweredBy = (reply: Buffer) => answers.push(reply) > 0;
    const last = await unharmed(system, { challenge: () => ({ message: challenge, isAnsweredBy }) });
    expect(last).toMatch(reason);
    expect(answers).toEqual([]);
  });
});

/** A conversation may go on for 2 s in tests. */
const endless: NonNullable<ServerScript["answer"]> = (_type, _payload, socket) => {
  const more = () => {
    if (socket.readyState === socket.OPEN)
      socket.send(Buffer.alloc(16), { fin: false, binary: true }, () => setTimeout(more, 5));
  };
  more();
  return "nothing";
};

const pings: NonNullable<ServerScript["answer"]> = (_type, _payload, socket) => {
  const timer = setInterval(() => (socket.readyState === socket.OPEN ? socket.ping() : clearInterval(timer)), 5);
  return "nothing";
};

describe("conversation", () => {
  const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024));
  const raw =
    (bytes: Buffer): NonNullable<ServerScript["answer"]> =>
    (_type, _payload, socket) => {
      (socket as unknown as { _socket: Socket })._socket.write(bytes);
      return "nothing";
    };
  const frame = (first: number, body: Buffer, length = body.length) => {
    const head = Buffer.alloc(10);
    head[0] = first;
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
    return Buffer.concat([head, body]);
  };
  const atGet = (answer: NonNullable<ServerScript["answer"]>): ServerScript => ({
    answer: (type, payload, socket) => (type === 4 ? answer(type, payload, socket) : undefined),
  });

  test.each<[string, string, ServerScript]>([
    [
      "a configuration of 17 MiB",
      "the connection broke: Max payload size exceeded",
      atGet(() => message(7, "x".repeat(17 * 1024 * 1024))),
    ],
    [
      "a frame that says it has 2^40 bytes",
      "the connection broke: Max payload size exceeded",
      atGet(raw(frame(0x82, Buffer.alloc(0), 2 ** 40))),
    ],
    [
      "a compressed bomb that nobody agreed to",
      "the connection broke: Invalid WebSocket frame",
      atGet(raw(frame(0xc2, bomb))),
    ],
    ["silence", "the server did not finish the registration within 2 s", atGet(() => "nothing")],
    ["fragments without end", "the server did not finish the registration within 2 s", atGet(endless)],
    ["pings without end", "the server did not finish the registration within 2 s", atGet(pings)],
    ["an answer of another type", "the server answered Ready", atGet(() => message(1))],
    ["an unknown type", "unknown message type 255", atGet(() => message(255))],
    ["an error with escape sequences", "owned", atGet(() => message(8, 'message: "\\e[2J\\a owned"\n'))],
    ["an error that is no YAML", "FATAL", atGet(() => message(8, "{{{{"))],
    [
      "a version of two bytes",
      "the server's version is unreadable",
      { answer: (type) => (type === 5 ? message(5, "\u000c\u000c") : undefined) },
    ],
  ])("%s: refused with %j", async (_title, reason, script) => {
    await using system = await attackedMachine();
    expect(await unharmed(system, script)).toContain(reason);
  });

  test("a version without updates, for a machine that registered before: refused, not taken for a new machine", async () => {
    await using system = await attackedMachine();
    const state = 'initialRegistration: "2026-01-01T00:00:00Z"\nemulatedTPM: false\nemulatedTPMSeed: 1\n';
    system.lab.write({ "oem/registration/state.yaml": state });
    const before = treeOf(system);
    system.server.script = { version: 6 };
    const { status, stderr } = await system.lab.run("--once", "--no-smbios");
    expect(status).toBe(255);
    expect(treeOf(system)).toEqual(before);
    expect(stderr).toContain("does not support update");
  });
});

function challengeOf(credential: Buffer, secret: Buffer, quote?: object): Buffer {
  const sized = (bytes: Buffer) => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
  const EC = { Credential: sized(credential).toString("base64"), Secret: sized(secret).toString("base64") };
  return Buffer.from(JSON.stringify({ EC, ...(quote && { Quote: quote }) }));
}
