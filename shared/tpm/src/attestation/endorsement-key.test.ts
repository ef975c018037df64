import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import { emulatedKey } from "../emulation/rsa-key.ts";
import { certificateFor } from "../testing/certificates.ts";
import { attestationSample, knownAnswers } from "../testing/facts.ts";
import { parseEndorsementKey } from "./endorsement-key.ts";

const samplePem = Buffer.from(attestationSample.document.EK, "base64").toString();
const pemOf = (key: KeyObject) => key.export({ type: "spki", format: "pem" }).toString();
const parse = (pem: string) => parseEndorsementKey(Buffer.from(pem));
const rsa = createPublicKey(emulatedKey(1n, "ek"));

describe("endorsement key", () => {
  it("REG-22 a key and a certificate of it have the same hash", async () => {
    const { pem } = await certificateFor(rsa);
    expect(parse(pem)).toMatchObject({ hash: parse(pemOf(rsa)).hash, certificate: expect.anything() });
  });

  it("REG-23 the first PEM block counts, whatever surrounds it", () => {
    const other = pemOf(generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey);
    expect(parse(`junk\n-- more junk\n${samplePem}\n${other}`).hash).toBe(attestationSample.expected.ekHash);
    expect(parse(samplePem.replaceAll("\n", "\r\n")).hash).toBe(attestationSample.expected.ekHash);
  });

  it("REG-26 the P-256 known answer has the expected hash, also from a compressed point", () => {
    const { ekX = "", ekY = "", ekHash, ekSpkiDerHex = "" } = knownAnswers.eccEk;
    const pem = (der: Buffer) => `-----BEGIN PUBLIC KEY-----\n${der.toString("base64")}\n-----END PUBLIC KEY-----\n`;
    const compressed = Buffer.from(
      `3039301306072a8648ce3d020106082a8648ce3d030107032200${Number.parseInt(ekY.slice(-1), 16) % 2 === 0 ? "02" : "03"}${ekX}`,
      "hex",
    );
    expect(parse(pem(Buffer.from(ekSpkiDerHex, "hex"))).hash).toBe(ekHash);
    expect(parse(pem(compressed)).hash).toBe(ekHash);
  });

  it.each([
    { what: "no PEM", pem: "nothing", code: "EkNotPem" },
    { what: "a block without end", pem: samplePem.slice(0, 100), code: "EkNotPem" },
    { what: "a block that is not base64", pem: samplePem.replace("MII", "M?I"), code: "EkNotPem" },
    {
      what: "REG-23 type RSA PUBLIC KEY",
      pem: samplePem.replaceAll("PUBLIC KEY", "RSA PUBLIC KEY"),
      code: "EkPemType",
    },
    { what: "a key as a certificate", pem: samplePem.replaceAll("PUBLIC KEY", "CERTIFICATE"), code: "EkUndecodable" },
    { what: "REG-38 Ed25519", pem: pemOf(generateKeyPairSync("ed25519").publicKey), code: "EkUnsupported" },
    {
      what: "REG-38 RSA-1024",
      pem: pemOf(generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey),
      code: "EkUnsupported",
    },
    { what: "P-384", pem: pemOf(generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey), code: "EkUnsupported" },
    {
      what: "an RSA-PSS key",
      pem: pemOf(generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).publicKey),
      code: "EkUnsupported",
    },
  ])("$what is refused as $code", ({ pem, code }) => {
    expect(() => parse(pem)).toThrow(expect.objectContaining({ name: "AttestationRefused", code }));
  });
});
