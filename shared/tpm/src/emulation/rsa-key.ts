import { createPrivateKey, type KeyObject } from "node:crypto";
import { keyStream } from "./key-stream.ts";
import { nextPrime } from "./prime.ts";

const exponent = 65537n;

/**
 * The RSA-2048 private key of an emulated TPM: its primes are the first two of the seed's stream called `label`.
 * Takes some tens of milliseconds.
 */
export function emulatedKey(seed: bigint, label: "ek" | "ak"): KeyObject {
  const stream = keyStream(seed, label);
  const [p, q] = [nextPrime(stream), nextPrime(stream)];
  const d = inverse(exponent, (p - 1n) * (q - 1n));
  const jwk = {
    kty: "RSA",
    n: base64url(p * q),
    e: base64url(exponent),
    d: base64url(d),
    p: base64url(p),
    q: base64url(q),
    dp: base64url(d % (p - 1n)),
    dq: base64url(d % (q - 1n)),
    qi: base64url(inverse(q, p)),
  };
  return createPrivateKey({ key: jwk, format: "jwk" });
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [previous, current] = [modulus, value % modulus];
  let [before, coefficient] = [0n, 1n];
  while (current !== 0n) {
    const quotient = previous / current;
    [previous, current] = [current, previous - quotient * current];
    [before, coefficient] = [coefficient, before - quotient * coefficient];
  }
  return ((before % modulus) + modulus) % modulus;
}

function base64url(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex").toString("base64url");
}
