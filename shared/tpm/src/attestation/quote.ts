import { createHash, randomBytes, verify } from "node:crypto";
import { AttestationRefused, MalformedStructure, type RefusalCode } from "../errors.ts";
import { decodeAttest, type QuoteAttest } from "../wire/attest.ts";
import { algorithm, attestMagic, attestQuote } from "../wire/constants.ts";
import { pcrCount } from "../wire/pcr-selection.ts";
import { decodeSignature } from "../wire/signature.ts";
import type { CheckedAttestationKey } from "./attestation-key.ts";
import { byteString, member } from "./json.ts";

/** Asks a machine for the values of its PCRs, signed by its TPM over a nonce of this connection. */
export interface QuoteRequest {
  nonce: Buffer;
  /** Of the SHA-256 bank, ascending and without repetitions. */
  pcrs: number[];
}

/** What a TPM answers. */
export interface Quote {
  /** TPMS_ATTEST. */
  attest: Buffer;
  /** TPMT_SIGNATURE. */
  signature: Buffer;
  values: ReadonlyMap<number, Buffer>;
}

const nonceLength = 32;
/** TPM2B_DATA holds a TPMT_HA of SHA-512 at most; more is nothing that a server needs. */
const maxNonceLength = 64;
const digestLength = 32;

export function newQuoteRequest(pcrs: readonly number[]): QuoteRequest {
  return { nonce: randomBytes(nonceLength), pcrs: [...new Set(pcrs)].sort((a, b) => a - b) };
}

/** The member `Quote` of a challenge. */
export function encodeQuoteRequest({ nonce, pcrs }: QuoteRequest): object {
  return { Nonce: nonce.toString("base64"), PCRs: pcrs };
}

/** The inverse; throws AttestationRefused for what no server should ask. */
export function decodeQuoteRequest(value: object): QuoteRequest {
  const nonce = byteString(value, "Nonce");
  const pcrs = member(value, "PCRs");
  if (nonce.length === 0 || nonce.length > maxNonceLength || !Array.isArray(pcrs) || !pcrs.every(isPcr)) {
    throw new AttestationRefused("QuoteMalformed", "quote request does not decode");
  }
  return { nonce, pcrs };
}

/** The member `Quote` of a response. */
export function encodeQuote({ attest, signature, values }: Quote): object {
  const PCRs = Object.fromEntries([...values].map(([pcr, value]) => [String(pcr), value.toString("base64")]));
  return { Attest: attest.toString("base64"), Signature: signature.toString("base64"), PCRs };
}

/** Reads the PCRs that were asked for out of a response's `Quote`. Throws AttestationRefused. */
export function decodeQuote(value: object, pcrs: readonly number[]): Quote {
  const given = member(value, "PCRs");
  const values = typeof given === "object" && given !== null ? given : {};
  return {
    attest: byteString(value, "Attest"),
    signature: byteString(value, "Signature"),
    values: new Map(pcrs.map((pcr) => [pcr, byteString(values, String(pcr))])),
  };
}

/**
 * Checks that the values are those of the TPM that holds `ak`, now: signed, over the nonce, for exactly the PCRs that were
 * asked. Throws AttestationRefused.
 */
export function checkQuote(quote: Quote, request: QuoteRequest, ak: Pick<CheckedAttestationKey, "publicKey">): void {
  if (!isSigned(quote, ak)) refuse("QuoteSignature", "the attestation key did not sign the quote");
  const { extraData, pcrs, pcrDigest } = quoteOf(quote.attest);
  if (!extraData.equals(request.nonce)) refuse("QuoteStale", "the quote was not made for this connection");
  if (pcrs.join() !== request.pcrs.join()) refuse("QuoteSelection", "the quote is of other PCRs than were asked for");
  if (!pcrDigest.equals(digestOf(quote.values, request.pcrs))) {
    refuse("QuoteValues", "the quote is of other values than were sent");
  }
}

/** SHA-256 over the values of PCRs in their order, as a TPM computes it. */
export function digestOf(values: ReadonlyMap<number, Buffer>, pcrs: readonly number[]): Buffer {
  const hash = createHash("sha256");
  for (const pcr of pcrs) {
    const value = values.get(pcr);
    if (value?.length !== digestLength) refuse("QuoteValues", `the value of PCR ${pcr} is no SHA-256 digest`);
    hash.update(value);
  }
  return hash.digest();
}

function isPcr(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < pcrCount;
}

function isSigned({ attest, signature: bytes }: Quote, { publicKey }: Pick<CheckedAttestationKey, "publicKey">) {
  const signature = decoded(() => decodeSignature(bytes));
  if (signature.type !== "rsa" || signature.algorithm !== algorithm.rsassa || signature.hash !== algorithm.sha256) {
    return false;
  }
  return verify("sha256", attest, publicKey, signature.signature);
}

function quoteOf(bytes: Buffer): QuoteAttest {
  const { magic, type, quote } = decoded(() => decodeAttest(bytes));
  if (magic === attestMagic && type === attestQuote && quote) return quote;
  return refuse("QuoteMalformed", "the attestation is no quote");
}

function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (!(cause instanceof MalformedStructure)) throw cause;
    throw new AttestationRefused("QuoteMalformed", "the quote does not decode", { cause, hint: cause.message });
  }
}

function refuse(code: RefusalCode, message: string): never {
  throw new AttestationRefused(code, message);
}
