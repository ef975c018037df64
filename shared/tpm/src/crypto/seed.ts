import {
  constants,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from "node:crypto";
import { MalformedStructure } from "../errors.ts";
import { Reader } from "../wire/reader.ts";
import { sized } from "../wire/writer.ts";
import { kdfe } from "./kdf.ts";

const oaep = {
  padding: constants.RSA_PKCS1_OAEP_PADDING,
  oaepHash: "sha256",
  oaepLabel: Buffer.from("IDENTITY\0", "ascii"),
} as const;

const rsaSeedLength = 16;
const coordinateLength = 32;

/** A seed, and the TPM2B_ENCRYPTED_SECRET from which only the owner of the endorsement key recovers it. */
export interface SharedSeed {
  seed: Buffer;
  encrypted: Buffer;
}

/** Step 1 of MakeCredential (registration-protocol 2.8) for an RSA or P-256 endorsement key. */
export function shareSeed(endorsementKey: KeyObject): SharedSeed {
  if (endorsementKey.asymmetricKeyType === "rsa") return encryptSeed(endorsementKey, randomBytes(rsaSeedLength));
  return agreeSeed(endorsementKey, generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);
}

/** The RSA half of shareSeed for a given seed. */
export function encryptSeed(endorsementKey: KeyObject, seed: Buffer): SharedSeed {
  return { seed, encrypted: sized(publicEncrypt({ key: endorsementKey, ...oaep }, seed)) };
}

/** The P-256 half of shareSeed for a given ephemeral key. */
export function agreeSeed(endorsementKey: KeyObject, ephemeral: KeyObject): SharedSeed {
  const point = coordinates(createPublicKey(ephemeral));
  const seed = seedOf(diffieHellman({ privateKey: ephemeral, publicKey: endorsementKey }), point.x, endorsementKey);
  return { seed, encrypted: sized(sized(point.x), sized(point.y)) };
}

/** Recovers the seed with the private endorsement key. Throws MalformedStructure when `encrypted` is not for this key. */
export function recoverSeed(endorsementKey: KeyObject, encrypted: Buffer): Buffer {
  const reader = new Reader(encrypted, "TPM2B_ENCRYPTED_SECRET");
  const body = reader.sized();
  reader.end();
  try {
    if (endorsementKey.asymmetricKeyType === "rsa") return privateDecrypt({ key: endorsementKey, ...oaep }, body);
    return recoverAgreedSeed(endorsementKey, body);
  } catch (cause) {
    throw new MalformedStructure("the encrypted secret was not made for this endorsement key", { cause });
  }
}

function recoverAgreedSeed(endorsementKey: KeyObject, body: Buffer): Buffer {
  const reader = new Reader(body, "TPMS_ECC_POINT");
  const [x, y] = [padded(reader.sized()), padded(reader.sized())];
  const jwk = { kty: "EC", crv: "P-256", x: x.toString("base64url"), y: y.toString("base64url") };
  const z = diffieHellman({ privateKey: endorsementKey, publicKey: createPublicKey({ key: jwk, format: "jwk" }) });
  return seedOf(z, x, createPublicKey(endorsementKey));
}

function seedOf(z: Buffer, ephemeralX: Buffer, endorsementKey: KeyObject): Buffer {
  const contextV = coordinates(endorsementKey).x;
  return kdfe(padded(z), { label: "IDENTITY", contextU: ephemeralX, contextV, bits: 256 });
}

function coordinates(key: KeyObject): { x: Buffer; y: Buffer } {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  return { x: Buffer.from(x, "base64url"), y: Buffer.from(y, "base64url") };
}

function padded(coordinate: Buffer): Buffer {
  if (coordinate.length > coordinateLength) throw new MalformedStructure("a P-256 coordinate is longer than 32 bytes");
  return Buffer.concat([Buffer.alloc(coordinateLength - coordinate.length), coordinate]);
}
