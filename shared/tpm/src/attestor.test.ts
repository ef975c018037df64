import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { examineAttestation } from "./attestation/attestation.ts";
import { checkResponse, issueChallenge } from "./attestation/challenge.ts";
import type { Attestor } from "./attestor.ts";
import { openAttestor, type TpmSource } from "./open.ts";
import type { EkAlgorithm } from "./session/endorsement-key.ts";
import { hasSwtpm, manufactureSwtpm, type Swtpm, startSwtpm, swtpmInstallHint } from "./testing/swtpm.ts";

interface Implementation {
  name: string;
  ek: EkAlgorithm;
  challengeLength: number;
  /** Starts what the attestor needs; the same call again is the same TPM. */
  start(): Promise<{ source: TpmSource; stop(): Promise<void> }>;
}

const policy = { anchorsPem: undefined, now: new Date() };

/** What every attestor does, whatever holds its keys. */
function attestorContract({ name, ek, challengeLength, start }: Implementation): void {
  describe(name, () => {
    let running: Awaited<ReturnType<Implementation["start"]>>;
    beforeAll(async () => {
      running = await start();
    });
    afterAll(() => running?.stop());

    async function withAttestor<T>(use: (attestor: Attestor) => Promise<T>): Promise<T> {
      const attestor = await openAttestor(running.source, ek);
      try {
        return await use(attestor);
      } finally {
        await attestor.close();
      }
    }

    it("makes a document that the server's checks accept, and answers its challenge", () =>
      withAttestor(async (attestor) => {
        const attestation = examineAttestation(await attestor.document(), policy);
        expect(attestation.ek.hash).toBe(await attestor.endorsementKeyHash());
        const { message, secret } = issueChallenge(attestation.ek, attestation.ak.name);
        expect(message.length).toBe(challengeLength);
        checkResponse(await attestor.answer(message), { secret });
      }));

    it("keeps its identity from one opening to the next", async () => {
      const hash = await withAttestor((attestor) => attestor.endorsementKeyHash());
      expect(await withAttestor((attestor) => attestor.endorsementKeyHash())).toBe(hash);
    });

    it("REG-44 refuses a challenge whose credential was changed, and works afterwards", () =>
      withAttestor(async (attestor) => {
        const { ek, ak } = examineAttestation(await attestor.document(), policy);
        const wrongName = Buffer.concat([ak.name.subarray(0, 2), Buffer.alloc(32, 7)]);
        await expect(attestor.answer(issueChallenge(ek, wrongName).message)).rejects.toThrow(
          /TPM_RC_INTEGRITY|not made for this/,
        );
        const { message, secret } = issueChallenge(ek, ak.name);
        checkResponse(await attestor.answer(message), { secret });
      }));

    it("can be used many times without filling the TPM", async () => {
      for (let round = 0; round < 5; round += 1) await withAttestor((attestor) => attestor.document());
    });

    it("closes twice", () => withAttestor((attestor) => attestor.close()));
  });
}

attestorContract({
  name: "emulated TPM",
  ek: "rsa",
  challengeLength: 476,
  start: async () => ({ source: { kind: "emulated", seed: 42n }, stop: async () => {} }),
});

const swtpmFound = await hasSwtpm();

describe.skipIf(!swtpmFound)(`swtpm${swtpmFound ? "" : ` (skipped: ${swtpmInstallHint})`}`, () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp("/tmp/tpm-");
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  const started = async (swtpm: Swtpm, withControl = false) => ({
    source: { kind: "swtpm", address: swtpm.address, ...(withControl && { control: swtpm.control }) } as const,
    stop: () => swtpm.stop(),
  });

  attestorContract({
    name: "RSA endorsement key",
    ek: "rsa",
    challengeLength: 476,
    start: async () => started(await startSwtpm(join(root, "rsa"))),
  });
  attestorContract({
    name: "P-256 endorsement key",
    ek: "ecc",
    challengeLength: 228,
    start: async () => started(await startSwtpm(join(root, "ecc"))),
  });
  attestorContract({
    name: "RSA endorsement key with a certificate",
    ek: "rsa",
    challengeLength: 476,
    start: async () => {
      await manufactureSwtpm(join(root, "made"));
      return started(await startSwtpm(join(root, "made")));
    },
  });

  it("a manufactured TPM presents its EK certificate", async () => {
    const swtpm = await startSwtpm(join(root, "made"));
    const attestor = await openAttestor({ kind: "swtpm", address: swtpm.address });
    try {
      const { ek } = examineAttestation(await attestor.document(), policy);
      expect(ek.certificate).toBeDefined();
    } finally {
      await attestor.close();
      await swtpm.stop();
    }
  });

  it("a TPM that waits for its initialisation gets it, and is started", async () => {
    const swtpm = await startSwtpm(join(root, "waiting"), { waitForInit: true });
    const attestor = await openAttestor({ kind: "swtpm", address: swtpm.address, control: swtpm.control });
    try {
      await expect(attestor.endorsementKeyHash()).resolves.toMatch(/^[0-9a-f]{64}$/);
    } finally {
      await attestor.close();
      await swtpm.stop();
    }
  });

  it("a TPM that is gone gives a clear error", async () => {
    const swtpm = await startSwtpm(join(root, "gone"));
    const attestor = await openAttestor({ kind: "swtpm", address: swtpm.address });
    await swtpm.stop();
    await expect(attestor.document()).rejects.toThrow(expect.objectContaining({ code: "DeviceUnavailable" }));
    await attestor.close();
    await expect(openAttestor({ kind: "swtpm", address: swtpm.address })).rejects.toThrow(
      /no swtpm answers at .*tpm\.sock/,
    );
  });
});
