import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { examineAttestation } from "./attestation/attestation.ts";
import { certificatesIn } from "./attestation/pem.ts";
import { openSwtpm } from "./device/swtpm.ts";
import { openAttestor } from "./open.ts";
import type { EkAlgorithm } from "./session/endorsement-key.ts";
import { makeAuthority } from "./testing/certificates.ts";
import { defineNv } from "./testing/nv.ts";
import {
  certifyEccKey,
  hasSwtpm,
  manufactureSwtpm,
  type Swtpm,
  type SwtpmAuthority,
  startSwtpm,
  swtpmInstallHint,
} from "./testing/swtpm.ts";

const found = await hasSwtpm();

describe.skipIf(!found)(
  `TPMs certified by swtpm's own authority${found ? "" : ` (skipped: ${swtpmInstallHint})`}`,
  () => {
    let dir: string;
    let swtpm: Swtpm;
    let authority: SwtpmAuthority;
    beforeAll(async () => {
      dir = await mkdtemp("/tmp/tpm-");
      authority = await manufactureSwtpm(join(dir, "tpm"));
      swtpm = await startSwtpm(join(dir, "tpm"));
      await giveEccCertificate();
    });
    afterAll(async () => {
      await swtpm?.stop();
      await rm(dir, { recursive: true, force: true });
    });

    /** swtpm_setup certifies a P-384 key only. */
    async function giveEccCertificate() {
      const attestor = await openAttestor({ kind: "swtpm", address: swtpm.address }, "ecc");
      const { ek } = examineAttestation(await attestor.document(), { anchorsPem: undefined, now: new Date() });
      await attestor.close();
      const device = await openSwtpm(swtpm.address);
      await defineNv(device, 0x01c0000a, await certifyEccKey(join(dir, "tpm/ca"), ek.publicKey));
      await device.close();
    }

    async function examine(kind: EkAlgorithm, anchorsPem: string) {
      const attestor = await openAttestor({ kind: "swtpm", address: swtpm.address }, kind);
      try {
        return examineAttestation(await attestor.document(), { anchorsPem, now: new Date() }).certificate;
      } finally {
        await attestor.close();
      }
    }

    it.each(["rsa", "ecc"] as const)(
      "the EK certificate of kind %s leads to the issuer in the Secret",
      async (kind) => {
        expect(await examine(kind, authority.root + authority.issuer)).toMatchObject({
          verified: true,
          serial: expect.stringMatching(/^[0-9A-F]+$/),
          issuer: "CN=swtpm-localca",
          authority: "CN=swtpm-localca",
        });
      },
    );

    it("without the issuer there is no path, nor with another maker's", async () => {
      const untrusted = expect.objectContaining({ code: "EkCertificateUntrusted" });
      await expect(examine("rsa", authority.root)).rejects.toThrow(untrusted);
      await expect(examine("rsa", (await makeAuthority("CN=swtpm-localca")).pem)).rejects.toThrow(untrusted);
    });

    it("a chain in the TPM's NV is sent along, and links to the root", async () => {
      const device = await openSwtpm(swtpm.address);
      const [issuer] = certificatesIn(authority.issuer);
      if (issuer === undefined) throw new Error("swtpm made no issuer");
      const middle = issuer.raw.length >> 1;
      await defineNv(device, 0x01c00100, issuer.raw.subarray(0, middle));
      await defineNv(device, 0x01c00101, issuer.raw.subarray(middle));
      await device.close();
      expect(await examine("rsa", authority.root)).toMatchObject({
        verified: true,
        authority: "CN=swtpm-localca-rootca",
      });
    });
  },
);
