import { createHash } from "node:crypto";
import { MalformedStructure } from "../errors.ts";
import { algorithm } from "./constants.ts";
import { Reader } from "./reader.ts";
import { sized, u16, u32 } from "./writer.ts";

/** TPMT_SYM_DEF_OBJECT; undefined stands for TPM_ALG_NULL. */
export type Symmetric = { algorithm: number; keyBits: number; mode: number } | undefined;

/** TPMT_*_SCHEME or TPMT_KDF_SCHEME; undefined stands for TPM_ALG_NULL. */
export type Scheme = { algorithm: number; hash: number | undefined } | undefined;

interface PublicCommon {
  nameAlgorithm: number;
  attributes: number;
  authPolicy: Buffer;
  symmetric: Symmetric;
  scheme: Scheme;
}

export interface RsaPublic extends PublicCommon {
  type: "rsa";
  keyBits: number;
  /** 0 stands for 65537. */
  exponent: number;
  modulus: Buffer;
}

export interface EccPublic extends PublicCommon {
  type: "ecc";
  curve: number;
  kdf: Scheme;
  x: Buffer;
  y: Buffer;
}

/** TPMT_PUBLIC of the two key types in use (registration-protocol 2.6.1). */
export type TpmPublic = RsaPublic | EccPublic;

/** TPM_ALG_ID of a key that is neither RSA nor ECC. */
export class UnsupportedKeyType extends MalformedStructure {}

/** Decodes TPMT_PUBLIC. Trailing bytes are malformed. */
export function decodePublic(bytes: Buffer): TpmPublic {
  const reader = new Reader(bytes, "TPMT_PUBLIC");
  const type = reader.u16();
  if (type !== algorithm.rsa && type !== algorithm.ecc) {
    throw new UnsupportedKeyType(`public key of alg 0x${type.toString(16)} not supported`);
  }
  const head = { nameAlgorithm: reader.u16(), attributes: reader.u32(), authPolicy: reader.sized() };
  const common = { ...head, symmetric: readSymmetric(reader), scheme: readScheme(reader) };
  const key = type === algorithm.rsa ? readRsa(reader, common) : readEcc(reader, common);
  reader.end();
  return key;
}

function readRsa(reader: Reader, common: PublicCommon): RsaPublic {
  return { type: "rsa", ...common, keyBits: reader.u16(), exponent: reader.u32(), modulus: reader.sized() };
}

function readEcc(reader: Reader, common: PublicCommon): EccPublic {
  const curve = reader.u16();
  return { type: "ecc", ...common, curve, kdf: readScheme(reader), x: reader.sized(), y: reader.sized() };
}

function readSymmetric(reader: Reader): Symmetric {
  const id = reader.u16();
  return id === algorithm.null ? undefined : { algorithm: id, keyBits: reader.u16(), mode: reader.u16() };
}

function readScheme(reader: Reader): Scheme {
  const id = reader.u16();
  if (id === algorithm.null) return undefined;
  return { algorithm: id, hash: id === algorithm.rsaes ? undefined : reader.u16() };
}

/** Encodes TPMT_PUBLIC. */
export function encodePublic(key: TpmPublic): Buffer {
  return Buffer.concat([
    u16(key.type === "rsa" ? algorithm.rsa : algorithm.ecc),
    u16(key.nameAlgorithm),
    u32(key.attributes),
    sized(key.authPolicy),
    writeSymmetric(key.symmetric),
    writeScheme(key.scheme),
    ...(key.type === "rsa"
      ? [u16(key.keyBits), u32(key.exponent), sized(key.modulus)]
      : [u16(key.curve), writeScheme(key.kdf), sized(key.x), sized(key.y)]),
  ]);
}

function writeSymmetric(symmetric: Symmetric): Buffer {
  if (symmetric === undefined) return u16(algorithm.null);
  return Buffer.concat([u16(symmetric.algorithm), u16(symmetric.keyBits), u16(symmetric.mode)]);
}

function writeScheme(scheme: Scheme): Buffer {
  if (scheme === undefined) return u16(algorithm.null);
  return Buffer.concat([u16(scheme.algorithm), ...(scheme.hash === undefined ? [] : [u16(scheme.hash)])]);
}

/** Name of the object whose TPMT_PUBLIC is `bytes`, for the name algorithm SHA-256: 34 bytes. */
export function nameOf(bytes: Buffer): Buffer {
  return Buffer.concat([u16(algorithm.sha256), createHash("sha256").update(bytes).digest()]);
}
