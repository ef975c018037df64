import { createCipheriv, createHash } from "node:crypto";

/** An endless deterministic stream of key material. */
export interface KeyStream {
  next(length: number): Buffer;
}

/**
 * The stream of one key of an emulated TPM: AES-256-CTR over zeros, from a zero counter, under the key
 * SHA-256(`elemental emulated tpm 1/` ‖ label ‖ 00 ‖ seed as a signed 64-bit big-endian integer).
 */
export function keyStream(seed: bigint, label: string): KeyStream {
  const number = Buffer.alloc(8);
  number.writeBigInt64BE(seed);
  const key = createHash("sha256").update(`elemental emulated tpm 1/${label}\0`).update(number).digest();
  const cipher = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
  return { next: (length) => cipher.update(Buffer.alloc(length)) };
}
