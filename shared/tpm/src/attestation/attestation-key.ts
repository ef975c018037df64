import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { AttestationRefused, MalformedStructure, type RefusalCode } from "../errors.ts";
import { type CreationAttest, decodeAttest } from "../wire/attest.ts";
import { algorithm, attestCreation, attestMagic, attribute } from "../wire/constants.ts";
import { decodeCreationData } from "../wire/creation-data.ts";
import { decodePublic, nameOf, type RsaPublic, UnsupportedKeyType } from "../wire/public.ts";
import { decodeSignature } from "../wire/signature.ts";
import type { AttestationKeyMaterial } from "./document.ts";

/** Shortest signature structure worth decoding (registration-protocol 2.7, check 1). */
const minSignatureLength = 8;
const minKeyBits = 2048;
const maxModulusBytes = 512;
const standardExponent = 65537;

/** An attestation key that passed all checks. */
export interface CheckedAttestationKey {
  /** To which a credential is bound; 34 bytes. */
  name: Buffer;
  /** With which it signs, RSASSA with SHA-256. */
  publicKey: KeyObject;
}

/**
 * Checks that the attestation key lives in a TPM and can only attest (registration-protocol 2.7 and its hardening).
 * Throws AttestationRefused.
 */
export function checkAttestationKey(ak: AttestationKeyMaterial | undefined): CheckedAttestationKey {
  if (ak === undefined) refuse("AkMissing", "attestation document has no AK");
  if (ak.createSignature.length < minSignatureLength) refuse("SignatureTooShort", "signature is too short to be valid");
  const key = publicKeyOf(ak.public);
  decoded("CreateDataMalformed", () => decodeCreationData(ak.createData));
  const attest = creationOf(ak.createAttestation);
  checkKeyShape(key);
  checkAttributes(key.attributes);
  const name = nameOf(ak.public);
  checkAttest(attest, ak.createData, name);
  const publicKey = rsaKey(key);
  checkSignature(ak, publicKey);
  return { name, publicKey };
}

function refuse(code: RefusalCode, message: string): never {
  throw new AttestationRefused(code, message);
}

function decoded<T>(code: RefusalCode, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (cause instanceof MalformedStructure) throw new AttestationRefused(code, cause.message, { cause });
    throw cause;
  }
}

function publicKeyOf(bytes: Buffer): RsaPublic {
  try {
    const key = decodePublic(bytes);
    if (key.type === "rsa") return key;
  } catch (cause) {
    if (!(cause instanceof MalformedStructure)) throw cause;
    const code = cause instanceof UnsupportedKeyType ? "AkPublicUnsupported" : "AkPublicMalformed";
    throw new AttestationRefused(code, cause.message, { cause });
  }
  return refuse("AkPublicUnsupported", "public key of alg ECC not supported");
}

function creationOf(bytes: Buffer): CreationAttest {
  const { magic, type, creation } = decoded("AttestationMalformed", () => decodeAttest(bytes));
  if (magic !== attestMagic) refuse("AttestationMagic", "incorrect magic value");
  if (type !== attestCreation || creation === undefined) {
    refuse("AttestationType", "attestation does not apply to creation data");
  }
  return creation;
}

function checkKeyShape(key: RsaPublic): void {
  const { modulus, keyBits, exponent, scheme } = key;
  if (keyBits < minKeyBits) refuse("AkTooSmall", "attestation key too small");
  if (key.nameAlgorithm !== algorithm.sha256) refuse("AkNameAlgorithm", "name algorithm of the AK is not SHA-256");
  if (key.symmetric !== undefined) refuse("AkSymmetric", "AK has a symmetric algorithm");
  if (scheme?.algorithm !== algorithm.rsassa || scheme.hash !== algorithm.sha256) {
    refuse("AkScheme", "scheme of the AK is not RSASSA with SHA-256");
  }
  const topBit = (modulus[0] ?? 0) & 0x80;
  if (modulus.length * 8 !== keyBits || modulus.length > maxModulusBytes || topBit === 0) {
    refuse("AkModulus", "modulus of the AK does not have the declared size");
  }
  if (exponent !== 0 && exponent !== standardExponent) refuse("AkExponent", "exponent of the AK is not 65537");
}

function checkAttributes(attributes: number): void {
  const has = (...bits: number[]) => bits.every((bit) => (attributes & bit) !== 0);
  if (!has(attribute.fixedTpm)) refuse("AkExportable", "AK is exportable");
  if (!has(attribute.restricted, attribute.fixedParent, attribute.sensitiveDataOrigin)) {
    refuse("AkNotRestricted", "provided key is not limited to attestation");
  }
  if (!has(attribute.sign) || has(attribute.decrypt)) refuse("AkUsage", "AK is not a pure signing key");
}

function checkAttest(attest: CreationAttest, createData: Buffer, name: Buffer): void {
  if (!attest.creationHash.equals(createHash("sha256").update(createData).digest())) {
    refuse("AttestationCreationHash", "attestation refers to different public key");
  }
  if (!attest.objectName.equals(name)) {
    refuse("AttestationObjectName", "creation attestation refers to a different key");
  }
}

function checkSignature({ createAttestation, createSignature }: AttestationKeyMaterial, key: KeyObject): void {
  const signature = decoded("SignatureMalformed", () => decodeSignature(createSignature));
  if (signature.type !== "rsa" || signature.algorithm !== algorithm.rsassa || signature.hash !== algorithm.sha256) {
    refuse("SignatureUnsupported", "signature is not RSASSA with SHA-256");
  }
  if (!verifies(createAttestation, key, signature.signature)) refuse("SignatureWrong", "could not verify attestation");
}

function verifies(data: Buffer, key: KeyObject, signature: Buffer): boolean {
  try {
    return verify("sha256", data, key, signature);
  } catch {
    return false;
  }
}

function rsaKey({ modulus }: RsaPublic): KeyObject {
  const e = Buffer.from([1, 0, 1]).toString("base64url");
  try {
    return createPublicKey({ key: { kty: "RSA", n: modulus.toString("base64url"), e }, format: "jwk" });
  } catch (cause) {
    throw new AttestationRefused("AkModulus", "modulus of the AK is not usable", { cause });
  }
}
