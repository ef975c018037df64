import { createHmac, randomBytes } from "node:crypto";

/** Where the random bytes of a template come from. */
export type RandomSource = (size: number) => Buffer;

export const cryptoRandom: RandomSource = randomBytes;

/**
 * A stream of pseudo-random bytes that depends on `seed` only. Replicas that name the same machine at the same moment
 * draw the same name from it, so that the API server's uniqueness of names makes the inventory unique too.
 */
export function seededRandom(seed: string): RandomSource {
  let pool = Buffer.alloc(0);
  let block = 0;
  return (size) => {
    while (pool.length < size) {
      pool = Buffer.concat([pool, createHmac("sha256", seed).update(String(block++)).digest()]);
    }
    const taken = pool.subarray(0, size);
    pool = pool.subarray(size);
    return taken;
  };
}

/** A lower-case UUID of the form of version 4. */
export function randomUuid(random: RandomSource): string {
  const bytes = Buffer.from(random(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** `digits` hexadecimal digits, 1 to 32, all of them random (registration-protocol H22). */
export function randomHex(random: RandomSource, digits: number): string {
  return random(16).toString("hex").slice(0, digits);
}

/** Uniform in 0 ... `limit` - 1; `limit` is at most 2^63 - 1. */
export function randomInteger(random: RandomSource, limit: bigint): bigint {
  const range = 1n << 64n;
  const unbiased = range - (range % limit);
  for (;;) {
    const value = random(8).readBigUInt64BE();
    if (value < unbiased) return value % limit;
  }
}
