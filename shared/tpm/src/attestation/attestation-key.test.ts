import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { akTemplate, eccEkTemplate } from "../session/templates.ts";
import { type AkChanges, plainCreateData, softwareAk } from "../testing/software-ak.ts";
import { algorithm, attribute } from "../wire/constants.ts";
import { encodePublic, nameOf } from "../wire/public.ts";
import { sized, u16, u32 } from "../wire/writer.ts";
import { checkAttestationKey } from "./attestation-key.ts";

const without = (bit: number): AkChanges => ({ public: { attributes: akTemplate.attributes & ~bit } });
const plus = (bit: number): AkChanges => ({ public: { attributes: akTemplate.attributes | bit } });
const append = (bytes: Buffer) => Buffer.concat([bytes, Buffer.from([0])]);
const flipLast = (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([(bytes.at(-1) ?? 0) ^ 1])]);
const patch = (offset: number, value: Buffer) => (bytes: Buffer) =>
  Buffer.concat([bytes.subarray(0, offset), value, bytes.subarray(offset + value.length)]);
const rsa1024 = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
const selections = (count: number) =>
  Buffer.concat([u32(count), Buffer.from("000b03000000".repeat(count), "hex"), plainCreateData.subarray(4)]);

describe("attestation key", () => {
  it("REG-37 a right one is accepted under its name, with an empty PCR digest", () => {
    const ak = softwareAk();
    expect(checkAttestationKey(ak).name).toEqual(nameOf(ak.public));
  });

  it("REG-36 one PCR selection is accepted", () => {
    expect(() => checkAttestationKey(softwareAk({ createData: selections(1) }))).not.toThrow();
  });

  it.each<{ what: string; changes: AkChanges; code: string }>([
    { what: "REG-32 no fixedTPM", changes: without(attribute.fixedTpm), code: "AkExportable" },
    { what: "REG-32 no restricted", changes: without(attribute.restricted), code: "AkNotRestricted" },
    { what: "REG-32 no fixedParent", changes: without(attribute.fixedParent), code: "AkNotRestricted" },
    { what: "REG-32 no sensitiveDataOrigin", changes: without(attribute.sensitiveDataOrigin), code: "AkNotRestricted" },
    { what: "H10 no sign", changes: without(attribute.sign), code: "AkUsage" },
    { what: "H10 decrypt", changes: plus(attribute.decrypt), code: "AkUsage" },
    { what: "REG-33 wrong magic", changes: { editAttestation: patch(0, u32(0)) }, code: "AttestationMagic" },
    { what: "REG-33 wrong type", changes: { editAttestation: patch(4, u16(0x8017)) }, code: "AttestationType" },
    {
      what: "REG-33 wrong creationHash",
      changes: { attest: { creationHash: Buffer.alloc(32) } },
      code: "AttestationCreationHash",
    },
    {
      what: "REG-33 wrong objectName",
      changes: { attest: { objectName: nameOf(Buffer.alloc(0)) } },
      code: "AttestationObjectName",
    },
    {
      what: "H10 an object name of another algorithm",
      changes: { attest: { objectName: Buffer.concat([u16(algorithm.sha1), Buffer.alloc(20)]) } },
      code: "AttestationObjectName",
    },
    {
      what: "an object name that is a handle",
      changes: { attest: { objectName: u32(1) } },
      code: "AttestationObjectName",
    },
    { what: "REG-33 wrong signature", changes: { editSignature: flipLast }, code: "SignatureWrong" },
    {
      what: "REG-33 a signature of another length",
      changes: {
        editSignature: (bytes) => Buffer.concat([bytes.subarray(0, 4), sized(Buffer.alloc(3)), Buffer.alloc(0)]),
      },
      code: "SignatureWrong",
    },
    { what: "REG-34 keyBits 1024", changes: { key: rsa1024, public: { keyBits: 1024 } }, code: "AkTooSmall" },
    { what: "REG-34 keyBits 2048 with 1024 bits", changes: { key: rsa1024 }, code: "AkModulus" },
    {
      what: "H10 a modulus with its top bit clear",
      changes: { public: { modulus: Buffer.alloc(256, 1) } },
      code: "AkModulus",
    },
    {
      what: "H10 a modulus of 4224 bits",
      changes: { public: { keyBits: 4224, modulus: Buffer.alloc(528, 0xff) } },
      code: "AkModulus",
    },
    { what: "H10 exponent 3", changes: { public: { exponent: 3 } }, code: "AkExponent" },
    { what: "REG-35 scheme NULL", changes: { public: { scheme: undefined } }, code: "AkScheme" },
    {
      what: "H10 scheme RSAPSS",
      changes: { public: { scheme: { algorithm: algorithm.rsapss, hash: algorithm.sha256 } } },
      code: "AkScheme",
    },
    {
      what: "H10 scheme with SHA-1",
      changes: { public: { scheme: { algorithm: algorithm.rsassa, hash: algorithm.sha1 } } },
      code: "AkScheme",
    },
    {
      what: "H10 a symmetric algorithm",
      changes: { public: { symmetric: eccEkTemplate.symmetric } },
      code: "AkSymmetric",
    },
    {
      what: "H10 name algorithm SHA-1",
      changes: { public: { nameAlgorithm: algorithm.sha1 } },
      code: "AkNameAlgorithm",
    },
    {
      what: "REG-35 an ECDSA signature",
      changes: {
        editSignature: () =>
          Buffer.concat([
            u16(algorithm.ecdsa),
            u16(algorithm.sha256),
            sized(Buffer.alloc(32)),
            sized(Buffer.alloc(32)),
          ]),
      },
      code: "SignatureUnsupported",
    },
    {
      what: "H10 a signature declared RSAPSS",
      changes: { editSignature: patch(0, u16(algorithm.rsapss)) },
      code: "SignatureUnsupported",
    },
    {
      what: "H10 a signature declared SHA-1",
      changes: { editSignature: patch(2, u16(algorithm.sha1)) },
      code: "SignatureUnsupported",
    },
    {
      what: "a signature of 7 bytes",
      changes: { editSignature: (bytes) => bytes.subarray(0, 7) },
      code: "SignatureTooShort",
    },
    { what: "H10 bytes after the signature", changes: { editSignature: append }, code: "SignatureMalformed" },
    { what: "H10 bytes after the public area", changes: { editPublic: append }, code: "AkPublicMalformed" },
    { what: "H10 bytes after the attestation", changes: { editAttestation: append }, code: "AttestationMalformed" },
    {
      what: "H10 bytes after the creation data",
      changes: { createData: append(plainCreateData) },
      code: "CreateDataMalformed",
    },
    { what: "REG-36 two PCR selections", changes: { createData: selections(2) }, code: "CreateDataMalformed" },
    { what: "an ECC key", changes: { editPublic: () => encodePublic(eccEkTemplate) }, code: "AkPublicUnsupported" },
    { what: "a key of another type", changes: { editPublic: patch(0, u16(8)) }, code: "AkPublicUnsupported" },
    { what: "an empty public area", changes: { editPublic: () => Buffer.alloc(0) }, code: "AkPublicMalformed" },
  ])("$what is refused as $code", ({ changes, code }) => {
    const ak = softwareAk(changes);
    expect(() => checkAttestationKey(ak)).toThrow(expect.objectContaining({ name: "AttestationRefused", code }));
  });
});
