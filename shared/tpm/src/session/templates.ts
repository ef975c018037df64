import { algorithm, attribute, curve } from "../wire/constants.ts";
import type { EccPublic, RsaPublic } from "../wire/public.ts";

const aes128Cfb = { algorithm: algorithm.aes, keyBits: 128, mode: algorithm.cfb };

/** PolicySecret of the endorsement hierarchy with SHA-256, registration-protocol 2.9. */
const endorsementPolicy = Buffer.from("837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa", "hex");

const storageKey = {
  nameAlgorithm: algorithm.sha256,
  symmetric: aes128Cfb,
  scheme: undefined,
};

const endorsementAttributes =
  attribute.fixedTpm |
  attribute.fixedParent |
  attribute.sensitiveDataOrigin |
  attribute.adminWithPolicy |
  attribute.restricted |
  attribute.decrypt;

/** RSA endorsement key, registration-protocol 2.9. */
export const rsaEkTemplate: RsaPublic = {
  type: "rsa",
  ...storageKey,
  attributes: endorsementAttributes,
  authPolicy: endorsementPolicy,
  keyBits: 2048,
  exponent: 0,
  modulus: Buffer.alloc(256),
};

/** P-256 endorsement key, registration-protocol 2.9. */
export const eccEkTemplate: EccPublic = {
  type: "ecc",
  ...storageKey,
  attributes: endorsementAttributes,
  authPolicy: endorsementPolicy,
  curve: curve.p256,
  kdf: undefined,
  x: Buffer.alloc(32),
  y: Buffer.alloc(32),
};

/** Storage root key, the parent of the attestation key. */
export const srkTemplate: RsaPublic = {
  ...rsaEkTemplate,
  attributes:
    attribute.fixedTpm |
    attribute.fixedParent |
    attribute.sensitiveDataOrigin |
    attribute.userWithAuth |
    attribute.noDa |
    attribute.restricted |
    attribute.decrypt,
  authPolicy: Buffer.alloc(0),
};

/** Attestation key; its modulus is empty as in the template of a Create. */
export const akTemplate: RsaPublic = {
  type: "rsa",
  nameAlgorithm: algorithm.sha256,
  attributes:
    attribute.fixedTpm |
    attribute.fixedParent |
    attribute.sensitiveDataOrigin |
    attribute.userWithAuth |
    attribute.noDa |
    attribute.restricted |
    attribute.sign,
  authPolicy: Buffer.alloc(0),
  symmetric: undefined,
  scheme: { algorithm: algorithm.rsassa, hash: algorithm.sha256 },
  keyBits: 2048,
  exponent: 0,
  modulus: Buffer.alloc(0),
};
