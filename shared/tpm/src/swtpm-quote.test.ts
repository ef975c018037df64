import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { examineAttestation } from "./attestation/attestation.ts";
import { checkResponse, issueChallenge } from "./attestation/challenge.ts";
import { checkQuote } from "./attestation/quote.ts";
import { openSwtpm } from "./device/swtpm.ts";
import { openAttestor } from "./open.ts";
import type { EkAlgorithm } from "./session/endorsement-key.ts";
import { extendPcr } from "./testing/pcr.ts";
import { hasSwtpm, manufactureSwtpm, type Swtpm, startSwtpm, swtpmInstallHint } from "./testing/swtpm.ts";

const found = await hasSwtpm();
const policy = { anchorsPem: undefined, now: new Date() };
const pcrs = [0, 1, 2, 3, 4, 5, 6, 7, 11, 14];
const zero = "0".repeat(64);

/** What a registration does about quotes; the values that the TPM signed, in hex. */
async function quoted(swtpm: Swtpm, kind: EkAlgorithm = "rsa") {
  const attestor = await openAttestor({ kind: "swtpm", address: swtpm.address }, kind);
  try {
    const { ek, ak, quotes } = examineAttestation(await attestor.document(), policy);
    expect(quotes).toBe(true);
    const issued = issueChallenge(ek, ak.name, pcrs);
    const quote = checkResponse(await attestor.answer(issued.message), issued);
    if (!quote || !issued.quote) return undefined;
    checkQuote(quote, issued.quote, ak);
    return Object.fromEntries([...quote.values].map(([pcr, value]) => [pcr, value.toString("hex")]));
  } finally {
    await attestor.close();
  }
}

describe.skipIf(!found)(`quotes of a real TPM${found ? "" : ` (skipped: ${swtpmInstallHint})`}`, () => {
  let dir: string;
  const running: Swtpm[] = [];
  const start = async (name: string) => {
    const swtpm = await startSwtpm(join(dir, name));
    running.push(swtpm);
    return swtpm;
  };
  beforeAll(async () => {
    dir = await mkdtemp("/tmp/tpm-");
  });
  afterAll(async () => {
    for (const swtpm of running) await swtpm.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it.each(["rsa", "ecc"] as const)("with an EK of kind %s: its PCRs as they were extended", async (kind) => {
    const swtpm = await start(kind);
    expect(await quoted(swtpm, kind)).toEqual(Object.fromEntries(pcrs.map((pcr) => [pcr, zero])));
    const measurement = createHash("sha256").update("kernel").digest();
    const device = await openSwtpm(swtpm.address);
    await extendPcr(device, 11, measurement);
    await extendPcr(device, 16, measurement);
    await device.close();
    const extended = createHash("sha256").update(Buffer.alloc(32)).update(measurement).digest("hex");
    expect(await quoted(swtpm, kind)).toEqual({ ...Object.fromEntries(pcrs.map((pcr) => [pcr, zero])), 11: extended });
  });

  it("a TPM without the SHA-256 bank answers the challenge without a quote", async () => {
    await manufactureSwtpm(join(dir, "sha1"), undefined, "sha1");
    expect(await quoted(await start("sha1"))).toBeUndefined();
  });
});
