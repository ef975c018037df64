import { networkInterfaces } from "node:os";
import { MessageType } from "@elemental/protocol";
import { afterEach, describe, expect, test } from "vitest";
import { referenceLimits } from "../connection/dial.ts";
import {
  createLab,
  type HostFacts,
  type Lab,
  labLimits,
  type ScriptedServer,
  type ServerScript,
  sendFragments,
  startScriptedServer,
} from "../testing/index.ts";

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === "::1"));

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const resource of opened.splice(0)) await resource.close();
});

/** A machine with a configuration file for a scripted server; MAC authentication unless told. */
async function registered(script: ServerScript = {}, members = "auth: mac", facts: Partial<HostFacts> = {}) {
  const server = await startScriptedServer(script);
  opened.push(server);
  const lab = createLab(facts);
  opened.push({ close: async () => lab[Symbol.dispose]() });
  configure(lab, server, members);
  return { server, lab };
}

function configure(lab: Lab, server: ScriptedServer, members: string): void {
  lab.write({ "oem/registration/config.yaml": `elemental: {registration: {url: "${server.url}", ${members}}}\n` });
}

const state = "oem/registration/state.yaml";

describe("the conversation", () => {
  test("CLI-21 a first run registers, the second one asks for an update and keeps the time", async () => {
    const { server, lab } = await registered();
    expect(await lab.run("--once")).toMatchObject({ status: 0 });
    const first = lab.read(state);
    expect(first).toMatch(/^initialRegistration: \d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)\n$/);
    expect(await lab.run("--once")).toMatchObject({ status: 0 });
    expect(lab.read(state)).toBe(first);
    expect(server.exchanges.map(({ types }) => types)).toEqual([
      [5, 2, 11, 9, 4],
      [5, 10, 2, 11, 9, 4],
    ]);
  });

  test("the upgrade offers no extension, subprotocol or origin", async () => {
    const { server, lab } = await registered({}, "auth: mac", { nics: [{ name: "eth0", mac: "aa:bb:cc:dd:ee:ff" }] });
    await lab.run("--once");
    const headers = server.exchanges[0]?.headers ?? {};
    expect(headers.authorization).toBe("Bearer PLAINaa:bb:cc:dd:ee:ff");
    expect(headers["sec-websocket-extensions"]).toBeUndefined();
    expect(headers["sec-websocket-protocol"]).toBeUndefined();
    expect(headers.origin).toBeUndefined();
  });

  test("CLI-13 labels of all sources, the later one wins", async () => {
    const { server, lab } = await registered({}, "auth: mac, labels: {a: 1}");
    lab.write({ "etc/elemental/labels.yaml": "a: 2\nb: 3\n" });
    await lab.run("--once", "--label", "a=4");
    expect(server.exchanges[0]?.text(MessageType.Labels)).toBe('{"a":"4","b":"3"}\n');
  });

  test("CLI-16 without labels there is no Labels message", async () => {
    const { server, lab } = await registered();
    await lab.run("--once");
    expect(server.exchanges[0]?.types).not.toContain(MessageType.Labels);
  });

  test("CLI-37 REG-69 no-smbios sends neither kind of host data, annotations still", async () => {
    const { server, lab } = await registered({}, "auth: mac, no-smbios: true");
    await lab.run("--once");
    expect(server.exchanges[0]?.types).toEqual([5, 9, 4]);
  });

  test("CLI-38 REG-75 annotations tell the address, the system and that it is unmanaged", async () => {
    const { server, lab } = await registered({}, "auth: mac, no-toolkit: true");
    await lab.run("--once");
    expect(JSON.parse(server.exchanges[0]?.text(MessageType.Annotations) ?? "")).toEqual({
      auth: "mac",
      "reg-version": "0.1.0-dev",
      "registration-ip": "127.0.0.1",
      "os.unmanaged": "true",
      "os.name": "SL Micro",
      "os.version": "6.1",
      "os.id": "sl-micro",
    });
  });

  test.skipIf(!hasIpv6)("REG-74 an IPv6 address keeps its brackets", async () => {
    const { server, lab } = await registered({ address: "::1" });
    await lab.run("--once");
    const annotations = JSON.parse(server.exchanges[0]?.text(MessageType.Annotations) ?? "{}");
    expect(annotations["registration-ip"]).toBe("[::1]");
  });

  test("CLI-4 a false flag sends SMBIOS although the file says no", async () => {
    const { server, lab } = await registered({}, "auth: mac, no-smbios: true");
    await lab.run("--once", "--no-smbios=false");
    expect(server.exchanges[0]?.types).toContain(MessageType.Smbios);
  });

  test("H19 SMBIOS that cannot be read is sent as an empty object", async () => {
    const { server, lab } = await registered();
    lab.env["PATH"] = "/nowhere";
    const { status, stderr } = await lab.run("--once");
    expect(status).toBe(0);
    expect(server.exchanges[0]?.text(MessageType.Smbios)).toBe("{}\n");
    expect(stderr).toContain("no SMBIOS data");
  });

  test.each([
    [10, [5, 2, 6, 9, 4]],
    [8, [5, 2, 6, 4]],
    [5, [5, 2, 4]],
  ])("REG-66 with a server of version %i", async (version, types) => {
    const { server, lab } = await registered({ version });
    expect(await lab.run("--once")).toMatchObject({ status: 0 });
    expect(server.exchanges[0]?.types).toEqual(types);
  });

  test("REG-66 an update is impossible at version 9", async () => {
    const { lab } = await registered({ version: 9 });
    lab.write({ [state]: "initialRegistration: 2026-01-31T10:20:30Z\n" });
    const { status, stderr } = await lab.run("--once");
    expect(status).toBe(255);
    expect(stderr).toContain("elemental-operator protocol version does not support update");
  });
});

describe("the answer", () => {
  test("REG-70 a server that drops the connection right after Config is fine", async () => {
    const answer: ServerScript["answer"] = (type, _payload, socket) => {
      if (type !== MessageType.Get) return undefined;
      socket.send(Buffer.from("\x07elemental: {}\n"), () => socket.terminate());
      return "nothing";
    };
    const { lab } = await registered({ answer });
    expect(await lab.run("--once")).toMatchObject({ status: 0 });
  });

  test("REG-103 a large configuration in many fragments", async () => {
    const answer: ServerScript["answer"] = (type, _payload, socket) => {
      if (type !== MessageType.Get) return undefined;
      const document = Buffer.from(`\x07elemental: {}\ncloud-config:\n    x: ${"y".repeat(200 * 1024)}\n`);
      const count = Math.ceil(document.length / 4096);
      sendFragments(
        socket,
        Array.from({ length: count }, (_, i) => document.subarray(i * 4096, (i + 1) * 4096)),
      );
      return "nothing";
    };
    const { lab } = await registered({ answer });
    expect(await lab.run("--once")).toMatchObject({ status: 0 });
  });

  test("REG-104 a configuration that comes late but in time is accepted; the original's limits", async () => {
    const answer: ServerScript["answer"] = (type, _payload, socket) => {
      if (type !== MessageType.Get) return undefined;
      setTimeout(() => socket.send(Buffer.from("\x07elemental: {}\n")), labLimits.conversationMs / 2);
      return "nothing";
    };
    const { lab } = await registered({ answer });
    expect(await lab.run("--once")).toMatchObject({ status: 0 });
    expect(referenceLimits).toEqual({ handshakeMs: 45_000, conversationMs: 10_000 });
  });

  test("an unusable configuration still counts as registered", async () => {
    const { lab } = await registered({ config: "elemental: [\n" });
    const { status, stderr } = await lab.run("--once");
    expect(status).toBe(255);
    expect(stderr).toContain("the received configuration is unusable");
    expect(lab.read(state)).toContain("initialRegistration:");
  });

  test("no token, seed or password is logged", async () => {
    const config = [
      "elemental: {system-agent: {token: agent-secret, url: u}, registration: {emulated-tpm-seed: 4242424242}}",
      'cloud-config: {users: [{passwd: "hash-secret"}]}',
    ].join("\n");
    const { lab } = await registered({ config });
    const { status, stderr } = await lab.run("--once", "--debug");
    expect(status).toBe(0);
    expect(stderr).toContain("cloudConfig");
    for (const secret of ["agent-secret", "hash-secret", "4242424242", "tok-12345"]) {
      expect(stderr).not.toContain(secret);
    }
  });

  test("--log-format json prints one object per line", async () => {
    const { lab } = await registered();
    const { stderr } = await lab.run("--once", "--log-format", "json");
    const records = stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(records.map(({ step }) => step).filter(Boolean)).toEqual(["ok", "ok", "ok"]);
    expect(records.find(({ identity }) => identity)?.identity).toMatch(/^[0-9a-f]{64}$/);
  });
});
