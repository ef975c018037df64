import { createPublicKey, type KeyObject, sign } from "node:crypto";
import { decodeChallenge, encodeResponse } from "../attestation/challenge.ts";
import { encodeDocument, quoteFeature } from "../attestation/document.ts";
import { digestOf, type Quote, type QuoteRequest } from "../attestation/quote.ts";
import { openCredential } from "../crypto/credential.ts";
import { recoverSeed } from "../crypto/seed.ts";
import { emulatedKey } from "../emulation/rsa-key.ts";
import { encodeQuoteAttest, type QuoteAttest } from "../wire/attest.ts";
import { nameOf } from "../wire/public.ts";
import { encodeRsassaSignature } from "../wire/signature.ts";
import { softwareAk } from "./software-ak.ts";
import type { SoftwareMachine } from "./software-machine.ts";

/** What a forged quote does differently from a right one; everything else follows from it consistently. */
export interface QuoteChanges {
  key?: KeyObject;
  attest?: Partial<QuoteAttest>;
  editAttest?: (bytes: Buffer) => Buffer;
}

const akKey = emulatedKey(1n, "ak");

/** A quote made in software with the key of `softwareAk`; acceptable unless `changes` spoil it. */
export function softwareQuote(
  { nonce, pcrs }: QuoteRequest,
  values: ReadonlyMap<number, Buffer>,
  { key = akKey, attest, editAttest = (bytes) => bytes }: QuoteChanges = {},
): Quote {
  const pcrDigest = digestOf(values, pcrs);
  const qualifiedSigner = nameOf(Buffer.from("signer"));
  const bytes = editAttest(encodeQuoteAttest({ qualifiedSigner, extraData: nonce, pcrs, pcrDigest, ...attest }));
  return { attest: bytes, signature: encodeRsassaSignature(sign("sha256", bytes, key)), values };
}

/** A machine with the private endorsement key `ek` that quotes with `quote`, or answers without where that gives none. */
export function quotingMachine(ek: KeyObject, quote: (request: QuoteRequest) => Quote | undefined): SoftwareMachine {
  const ak = softwareAk();
  const pem = Buffer.from(createPublicKey(ek).export({ type: "spki", format: "pem" }));
  return {
    document: encodeDocument(pem, ak, [quoteFeature]),
    answer(message) {
      const challenge = decodeChallenge(Buffer.from(message));
      const seed = recoverSeed(ek, challenge.encryptedSecret);
      const secret = openCredential(seed, nameOf(ak.public), challenge.credential);
      return encodeResponse(secret, challenge.quote && quote(challenge.quote));
    },
  };
}
