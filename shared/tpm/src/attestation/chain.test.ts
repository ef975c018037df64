import { createPublicKey } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { emulatedKey } from "../emulation/rsa-key.ts";
import { AttestationRefused } from "../errors.ts";
import {
  type Authority,
  BasicConstraintsExtension,
  type CertificateOptions,
  certificateFor,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  makeAuthority,
  SubjectAlternativeNameExtension,
} from "../testing/certificates.ts";
import { softwareAk, softwareDocument } from "../testing/software-ak.ts";
import { examineAttestation } from "./attestation.ts";

const ek = createPublicKey(emulatedKey(1n, "ek"));
const ak = softwareAk();
const ekPurpose = "2.23.133.8.1";
const clientAuth = "1.3.6.1.5.5.7.3.2";
const serverAuth = "1.3.6.1.5.5.7.3.1";
const past = new Date(Date.now() - 3600_000);
const longPast = new Date(Date.now() - 24 * 3600_000);
const directoryName = new SubjectAlternativeNameExtension([{ type: "dn", value: "CN=id:00010203" }], true);

let vendor: Authority;
let other: Authority;

beforeAll(async () => {
  vendor = await makeAuthority("CN=Vendor");
  other = await makeAuthority("CN=Other");
});

async function examine(options: CertificateOptions, anchors: string) {
  const { pem } = await certificateFor(ek, { issuer: vendor, ...options });
  return examineAttestation(softwareDocument(pem), { anchorsPem: anchors, now: new Date() });
}

const refused = (code: string) => expect.objectContaining({ name: "AttestationRefused", code });

describe("EK certificate chain (H8)", () => {
  it.each<{ what: string; extensions: Extension[] }>([
    { what: "REG-39 no EKU", extensions: [] },
    {
      what: "REG-40 H8 EKU 2.23.133.8.1 and a critical directoryName",
      extensions: [new ExtendedKeyUsageExtension([ekPurpose]), directoryName],
    },
    { what: "EKU serverAuth", extensions: [new ExtendedKeyUsageExtension([serverAuth], true)] },
    { what: "EKU any", extensions: [new ExtendedKeyUsageExtension(["2.5.29.37.0"])] },
    {
      what: "critical basicConstraints and keyUsage",
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyEncipherment, true),
      ],
    },
  ])("$what is accepted", async ({ extensions }) => {
    await expect(examine({ extensions }, other.pem + vendor.pem)).resolves.toMatchObject({
      ek: { hash: expect.any(String) },
    });
  });

  it.each<{ what: string; options: CertificateOptions; code: string }>([
    {
      what: "EKU clientAuth only",
      options: { extensions: [new ExtendedKeyUsageExtension([clientAuth])] },
      code: "EkCertificateUsage",
    },
    {
      what: "an unknown critical extension",
      options: { extensions: [new Extension("1.2.3.4", true, new Uint8Array([5, 0]))] },
      code: "EkCertificateExtension",
    },
    { what: "an expired certificate", options: { notBefore: longPast, notAfter: past }, code: "EkCertificateExpired" },
  ])("$what is refused as $code", async ({ options, code }) => {
    await expect(examine(options, vendor.pem)).rejects.toThrow(refused(code));
  });

  it("REG-39 a certificate of another authority is refused, also under the same name", async () => {
    const impostor = await makeAuthority("CN=Vendor");
    await expect(examine({}, other.pem)).rejects.toThrow(refused("EkCertificateUntrusted"));
    await expect(examine({}, impostor.pem)).rejects.toThrow(refused("EkCertificateUntrusted"));
  });

  it("an anchor that is no authority or has expired does not vouch", async () => {
    const plain = await makeAuthority("CN=Plain", {
      extensions: [new BasicConstraintsExtension(false, undefined, true)],
    });
    const expired = await makeAuthority("CN=Expired", { notBefore: longPast, notAfter: past });
    await expect(examine({ issuer: plain }, plain.pem)).rejects.toThrow(refused("EkCertificateUntrusted"));
    await expect(examine({ issuer: expired }, expired.pem)).rejects.toThrow(refused("EkCertificateUntrusted"));
  });

  it("REG-41 a bare public key is refused when a certificate is required", () => {
    const policy = { anchorsPem: vendor.pem, now: new Date() };
    expect(() => examineAttestation(softwareDocument(ek), policy)).toThrow(refused("EkCertificateRequired"));
  });

  it.each(["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])(
    "anchors without a certificate (%j) refuse everyone",
    async (anchors) => {
      await expect(examine({}, anchors)).rejects.toThrow(refused("TrustAnchorsMissing"));
    },
  );

  it("a damaged certificate is refused, whatever the damage", async () => {
    const { pem } = await certificateFor(ek, { issuer: vendor, extensions: [directoryName] });
    const body = Buffer.from(pem.split("\n").slice(1, -2).join(""), "base64");
    const damaged = (offset: number, value: number) => {
      const copy = Buffer.from(body);
      copy.writeUInt8(value ^ copy.readUInt8(offset), offset);
      return `-----BEGIN CERTIFICATE-----\n${copy.toString("base64")}\n-----END CERTIFICATE-----\n`;
    };
    const policy = { anchorsPem: vendor.pem, now: new Date() };
    const damage = fc.tuple(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(damage, ([offset, value]) => {
        expect(() => examineAttestation(softwareDocument(damaged(offset, value), ak), policy)).toThrow(
          AttestationRefused,
        );
      }),
      { numRuns: 300 },
    );
  });
});
