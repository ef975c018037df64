import { checkPrimeSync } from "node:crypto";
import type { KeyStream } from "./key-stream.ts";

const primeBytes = 128;
/** Its multiples are skipped one below a prime, so that the exponent has an inverse. */
const exponent = 65537n;

/**
 * The first prime of 1024 bits at or after a number of the stream whose two top bits and lowest bit are set; 65537 does
 * not divide the prime minus one. With both top bits set, the product of two has 2048 bits.
 */
export function nextPrime(stream: KeyStream): bigint {
  const start = stream.next(primeBytes);
  start.writeUInt8(start.readUInt8(0) | 0xc0, 0);
  start.writeUInt8(start.readUInt8(primeBytes - 1) | 1, primeBytes - 1);
  const first = BigInt(`0x${start.toString("hex")}`);
  const smallPrimes = primesBelow(2000);
  const residues = smallPrimes.map((prime) => Number(first % BigInt(prime)));
  for (let offset = 0; ; offset += 2) {
    if (smallPrimes.some((prime, index) => ((residues[index] ?? 0) + offset) % prime === 0)) continue;
    const candidate = first + BigInt(offset);
    if (candidate % exponent !== 1n && checkPrimeSync(candidate)) return candidate;
  }
}

function primesBelow(limit: number): number[] {
  const primes: number[] = [];
  for (let number = 3; number < limit; number += 2) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  }
  return primes;
}
