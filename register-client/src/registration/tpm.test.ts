import { createPublicKey, X509Certificate } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessageType } from "@elemental/protocol";
import { hasSwtpm, startSwtpm, swtpmInstallHint } from "@elemental/tpm/testing";
import { afterEach, describe, expect, test } from "vitest";
import { createLab, type Lab, type ScriptedServer, startScriptedServer, tpmChallenge } from "../testing/index.ts";

const opened: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

async function lab(
  members: string,
  script = { challenge: tpmChallenge },
): Promise<{ machine: Lab; server: ScriptedServer }> {
  const server = await startScriptedServer(script);
  const machine = createLab();
  opened.push(
    () => server.close(),
    () => machine[Symbol.dispose](),
  );
  machine.write({ "oem/registration/config.yaml": `elemental: {registration: {url: "${server.url}", ${members}}}\n` });
  return { machine, server };
}

const identityIn = (stderr: string) => /identity of this machine \(.*\): ([0-9a-f]{64})/.exec(stderr)?.[1];

describe("an emulated TPM", () => {
  test("registers with a derived seed, remembers it and is the same machine again", async () => {
    const { machine, server } = await lab("emulate-tpm: true, emulated-tpm-seed: -1");
    const first = await machine.run("--once");
    expect(first.status).toBe(0);
    expect(machine.read("oem/registration/state.yaml")).toContain(
      "emulatedTPM: true\nemulatedTPMSeed: -7178405686718862507\n",
    );
    const second = await machine.run("--once");
    expect(identityIn(second.stderr)).toBe(identityIn(first.stderr));
    expect(identityIn(first.stderr)).toMatch(/^[0-9a-f]{64}$/);
    expect(server.exchanges.map(({ types }) => types.includes(MessageType.Update))).toEqual([false, true]);
    expect(JSON.parse(server.exchanges[0]?.text(MessageType.Annotations) ?? "")["auth"]).toBe("emulated-tpm");
    expect(first.stderr + second.stderr).not.toContain("7178405686718862507");
  });

  test("H11 seed 0 is refused with a clear message", async () => {
    const { machine, server } = await lab("emulate-tpm: true, emulated-tpm-seed: 0");
    const { status, stderr } = await machine.run("--once");
    expect(status).toBe(255);
    expect(stderr).toContain("other than 0");
    expect(server.attempts).toBe(0);
  });

  test("REG-43 a challenge in two fragments is answered", async () => {
    const fragmented = (authorization: string) => {
      const { message, isAnsweredBy } = tpmChallenge(authorization);
      const bytes = Buffer.concat([message].flat());
      return { message: [bytes.subarray(0, 100), bytes.subarray(100)], isAnsweredBy };
    };
    const { machine } = await lab("emulate-tpm: true", { challenge: fragmented });
    expect(await machine.run("--once")).toMatchObject({ status: 0 });
  });

  test("REG-44 a challenge that was changed is not answered", async () => {
    const changed = (authorization: string) => {
      const { message } = tpmChallenge(authorization);
      const challenge = JSON.parse(Buffer.concat([message].flat()).toString());
      const credential = Buffer.from(challenge.EC.Credential, "base64");
      credential.writeUInt8(credential.readUInt8(10) ^ 1, 10);
      challenge.EC.Credential = credential.toString("base64");
      const answered = () => {
        throw new Error("the client answered");
      };
      return { message: Buffer.from(JSON.stringify(challenge)), isAnsweredBy: answered };
    };
    const { machine, server } = await lab("emulate-tpm: true", { challenge: changed });
    const { status, stderr } = await machine.run("--once");
    expect(status).toBe(255);
    expect(stderr).toContain("FATAL: TPM:");
    expect(server.exchanges[0]?.types).toEqual([]);
  });
});

describe.skipIf(!(await hasSwtpm()))(`swtpm (${swtpmInstallHint})`, () => {
  test.each([
    ["flag", "rsa"],
    ["environment", "rsa"],
    ["flag", "ecc"],
    ["environment", "ecc"],
  ])("a TPM behind a socket given by %s registers with its %s key", async (how, key) => {
    const directory = await mkdtemp(join(tmpdir(), "rc-tpm-"));
    const tpm = await startSwtpm(directory);
    opened.push(
      () => tpm.stop(),
      () => rm(directory, { recursive: true }),
    );
    const { machine, server } = await lab("auth: tpm");
    const socket = join(directory, "tpm.sock");
    if (how === "environment") Object.assign(machine.env, { ELEMENTAL_TPM_SOCKET: socket, ELEMENTAL_TPM_KEY: key });
    const args = how === "flag" ? ["--tpm-socket", socket, "--tpm-key", key] : [];
    const { status, stderr } = await machine.run("--once", ...args);
    expect(status).toBe(0);
    expect(identityIn(stderr)).toMatch(/^[0-9a-f]{64}$/);
    expect(machine.read("oem/registration/state.yaml")).not.toContain("emulated");
    expect(endorsementKeyType(server)).toBe(key === "ecc" ? "ec" : "rsa");
  });
});

/** What kind of key, or of a certificate's key, the machine presented. */
function endorsementKeyType(server: ScriptedServer): string | undefined {
  const document = server.exchanges[0]?.headers.authorization?.replace("Bearer TPM", "") ?? "";
  const pem = Buffer.from(JSON.parse(Buffer.from(document, "base64").toString()).EK, "base64").toString();
  return (pem.includes("CERTIFICATE") ? new X509Certificate(pem).publicKey : createPublicKey(pem)).asymmetricKeyType;
}
