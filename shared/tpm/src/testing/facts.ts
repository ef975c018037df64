import { readFileSync } from "node:fs";

/** A file of known answers of registration-protocol section 8.0. */
export function facts<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../../test/facts/${name}`, import.meta.url), "utf8"));
}

export interface AttestationSample {
  document: {
    EK: string;
    AK: { Public: string; CreateData: string; CreateAttestation: string; CreateSignature: string };
  };
  headerLength: number;
  expected: Record<"ekHash" | "akName", string> & { challengeLength: number };
}

export const attestationSample = facts<AttestationSample>("tpm-attestation-sample.json");

export interface KnownAnswers {
  akName: string;
  activationSecret: string;
  rsaEk: Record<string, string>;
  eccEk: Record<string, string>;
}

export const knownAnswers = facts<KnownAnswers>("makecredential-kat.json");
