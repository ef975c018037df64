import { createPublicKey } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { examineAttestation } from "../attestation/attestation.ts";
import { checkResponse, decodeChallenge } from "../attestation/challenge.ts";
import { readDer } from "../attestation/der.ts";
import { parseEndorsementKey } from "../attestation/endorsement-key.ts";
import { certificateExtensions } from "../attestation/extensions.ts";
import { openCredential, sealCredential } from "../crypto/credential.ts";
import { recoverSeed, shareSeed } from "../crypto/seed.ts";
import { emulatedKey } from "../emulation/rsa-key.ts";
import { parseNvCertificate } from "../session/ek-certificate.ts";
import { describeResponseCode } from "../session/response-code.ts";
import { eccEkTemplate, rsaEkTemplate, srkTemplate } from "../session/templates.ts";
import { attestationSample } from "../testing/facts.ts";
import { softwareAk } from "../testing/software-ak.ts";
import { decodeAttest } from "./attest.ts";
import { decodeCreationData, encodeCreationData } from "./creation-data.ts";
import { decodePublic, encodePublic } from "./public.ts";
import { decodeSignature, encodeRsassaSignature } from "./signature.ts";

const { AK, EK } = attestationSample.document;
const sample = (text: string) => Buffer.from(text, "base64");
const ekPrivate = emulatedKey(1n, "ek");

/** Random bytes, and right structures with some bytes replaced or cut off: the latter reach the deep branches. */
function spoiled(...valid: Buffer[]): fc.Arbitrary<Buffer> {
  const edits = fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 4 });
  const edited = fc.tuple(fc.constantFrom(...valid), edits, fc.nat(600)).map(([bytes, changes, cut]) => {
    const copy = Buffer.from(bytes);
    for (const [offset, value] of changes) if (offset < copy.length) copy.writeUInt8(value, offset);
    return cut < copy.length ? copy.subarray(0, cut) : copy;
  });
  return fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    edited,
  );
}

function throwsOnly(error: string, decode: () => unknown): void {
  try {
    decode();
  } catch (thrown) {
    expect(thrown).toMatchObject({ name: error });
  }
}

describe("TPM structures", () => {
  it.each([rsaEkTemplate, eccEkTemplate, srkTemplate])("TPMT_PUBLIC round trip", (template) => {
    expect(decodePublic(encodePublic(template))).toEqual(template);
  });

  it("the sample of a real TPM decodes and encodes to the same bytes", () => {
    expect(encodePublic(decodePublic(sample(AK.Public)))).toEqual(sample(AK.Public));
    expect(encodeCreationData(decodeCreationData(sample(AK.CreateData)))).toEqual(sample(AK.CreateData));
    expect(decodeAttest(sample(AK.CreateAttestation)).creation?.objectName.toString("hex")).toBe(
      attestationSample.expected.akName,
    );
    const signature = decodeSignature(sample(AK.CreateSignature));
    expect(signature.type === "rsa" && encodeRsassaSignature(signature.signature)).toEqual(sample(AK.CreateSignature));
  });

  const ak = softwareAk();
  const pem = sample(EK);
  const sealed = sealCredential(Buffer.alloc(16), Buffer.alloc(34), Buffer.alloc(32));
  const shared = shareSeed(createPublicKey(ekPrivate)).encrypted;
  const spki = createPublicKey(ekPrivate).export({ type: "spki", format: "der" });
  it.each<[string, string, fc.Arbitrary<Buffer>, (bytes: Buffer) => unknown]>([
    ["TPMT_PUBLIC", "MalformedStructure", spoiled(ak.public, encodePublic(eccEkTemplate)), decodePublic],
    ["TPMS_CREATION_DATA", "MalformedStructure", spoiled(ak.createData), decodeCreationData],
    ["TPMS_ATTEST", "MalformedStructure", spoiled(ak.createAttestation), decodeAttest],
    ["TPMT_SIGNATURE", "MalformedStructure", spoiled(ak.createSignature), decodeSignature],
    [
      "ID_OBJECT",
      "MalformedStructure",
      spoiled(sealed),
      (bytes) => openCredential(Buffer.alloc(16), Buffer.alloc(34), bytes),
    ],
    ["ENCRYPTED_SECRET", "MalformedStructure", spoiled(shared), (bytes) => recoverSeed(ekPrivate, bytes)],
    ["DER", "MalformedStructure", spoiled(spki), readDer],
    ["certificate extensions", "MalformedStructure", spoiled(spki), certificateExtensions],
    ["EK", "AttestationRefused", spoiled(pem), parseEndorsementKey],
    ["challenge", "TpmError", spoiled(Buffer.from('{"EC":{"Credential":"","Secret":""}}')), decodeChallenge],
    [
      "response",
      "AttestationRefused",
      spoiled(Buffer.from('{"Secret":"AAAA"}')),
      (bytes) => checkResponse(bytes, { secret: Buffer.alloc(32) }),
    ],
    ["NV certificate", "none", spoiled(Buffer.from("1001000004aabbccdd", "hex")), parseNvCertificate],
  ])("%s: no input gives anything but a result or %s", (_structure, error, input, decode) => {
    fc.assert(fc.property(input, (bytes) => throwsOnly(error, () => decode(bytes))));
  });

  it("attestation document: no input gives anything but a result or a refusal", () => {
    const policy = { anchorsPem: undefined, now: new Date() };
    const text = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.json().map((json) => Buffer.from(json).toString("base64")),
    );
    const member = fc.oneof(fc.constantFrom(...Object.values(AK)), fc.jsonValue());
    const akShaped = fc.record({
      Public: member,
      CreateData: member,
      CreateAttestation: member,
      CreateSignature: member,
    });
    const shaped = akShaped.map((AK) => Buffer.from(JSON.stringify({ EK, AK })).toString("base64"));
    fc.assert(
      fc.property(fc.oneof(text, shaped), (input) =>
        throwsOnly("AttestationRefused", () => examineAttestation(input, policy)),
      ),
    );
  });

  it("every response code has a text", () => {
    fc.assert(fc.property(fc.nat(0xffff), (code) => /\(0x[0-9a-f]+\); ./.test(describeResponseCode(code))));
    expect(describeResponseCode(0x9a2)).toContain("TPM_RC_BAD_AUTH");
    expect(describeResponseCode(0x922)).toContain("TPM_RC_RETRY");
  });
});
