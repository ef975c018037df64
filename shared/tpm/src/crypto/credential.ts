import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from "node:crypto";
import { MalformedStructure } from "../errors.ts";
import { Reader } from "../wire/reader.ts";
import { sized } from "../wire/writer.ts";
import { kdfa } from "./kdf.ts";

const zeroIv = Buffer.alloc(16);

/**
 * Steps 2 to 6 of MakeCredential (registration-protocol 2.8): the TPM2B_ID_OBJECT that only who knows `seed` opens,
 * and only for the object called `name`.
 */
export function sealCredential(seed: Buffer, name: Buffer, secret: Buffer): Buffer {
  const cipher = createCipheriv("aes-128-cfb", storageKey(seed, name), zeroIv);
  const identity = Buffer.concat([cipher.update(sized(secret)), cipher.final()]);
  return sized(sized(integrity(seed, name, identity)), identity);
}

/** Opens what sealCredential made. Throws MalformedStructure, also when the integrity value is wrong. */
export function openCredential(seed: Buffer, name: Buffer, credential: Buffer): Buffer {
  const outer = new Reader(credential, "TPM2B_ID_OBJECT");
  const reader = new Reader(outer.sized(), "TPMS_ID_OBJECT");
  outer.end();
  const [mac, identity] = [reader.sized(), reader.rest()];
  const expected = integrity(seed, name, identity);
  if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) {
    throw new MalformedStructure("the integrity value of the credential is wrong");
  }
  const decipher = createDecipheriv("aes-128-cfb", storageKey(seed, name), zeroIv);
  const plain = new Reader(Buffer.concat([decipher.update(identity), decipher.final()]), "credential");
  const secret = plain.sized();
  plain.end();
  return secret;
}

function storageKey(seed: Buffer, name: Buffer): Buffer {
  return kdfa(seed, { label: "STORAGE", contextU: name, bits: 128 });
}

function integrity(seed: Buffer, name: Buffer, identity: Buffer): Buffer {
  const key = kdfa(seed, { label: "INTEGRITY", bits: 256 });
  return createHmac("sha256", key).update(identity).update(name).digest();
}
