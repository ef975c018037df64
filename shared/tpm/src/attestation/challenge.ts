import { randomBytes, timingSafeEqual } from "node:crypto";
import { sealCredential } from "../crypto/credential.ts";
import { shareSeed } from "../crypto/seed.ts";
import { AttestationRefused, TpmError } from "../errors.ts";
import type { EndorsementKey } from "./endorsement-key.ts";
import { byteString, member, parseObject } from "./json.ts";
import {
  decodeQuote,
  decodeQuoteRequest,
  encodeQuote,
  encodeQuoteRequest,
  newQuoteRequest,
  type Quote,
  type QuoteRequest,
} from "./quote.ts";

/** TPM2B_ID_OBJECT and TPM2B_ENCRYPTED_SECRET of a challenge. */
export interface Challenge {
  credential: Buffer;
  encryptedSecret: Buffer;
  /** Only for machines that said that they can quote. */
  quote?: QuoteRequest | undefined;
}

/** A challenge and its only right answer. */
export interface IssuedChallenge {
  /** The message to send, in one unfragmented frame. */
  message: Buffer;
  secret: Buffer;
  quote?: QuoteRequest | undefined;
}

/**
 * The reference client reads this much of a challenge and no more. RSA-2048 and P-256 keys fit; larger RSA keys cannot
 * be used with that client.
 */
export const referenceChallengeLimit = 512;

const secretLength = 32;

/**
 * Makes the challenge that only the TPM with this endorsement key and the attestation key called `akName` can answer.
 * `quotePcrs` asks for a quote of these PCRs, too.
 */
export function issueChallenge(ek: EndorsementKey, akName: Buffer, quotePcrs?: readonly number[]): IssuedChallenge {
  const secret = randomBytes(secretLength);
  const quote = quotePcrs && newQuoteRequest(quotePcrs);
  return { message: encodeChallenge({ ...makeCredential(ek, akName, secret), quote }), secret, quote };
}

/** MakeCredential (registration-protocol 2.8). Throws AttestationRefused when the key cannot encrypt. */
export function makeCredential(ek: EndorsementKey, akName: Buffer, secret: Buffer): Challenge {
  try {
    const { seed, encrypted } = shareSeed(ek.publicKey);
    return { credential: sealCredential(seed, akName, secret), encryptedSecret: encrypted };
  } catch (cause) {
    throw new AttestationRefused("EkUnsupported", "EK cannot be used for a challenge", { cause });
  }
}

/** The challenge message: compact JSON without LF and without a message type byte. */
export function encodeChallenge({ credential, encryptedSecret, quote }: Challenge): Buffer {
  const body = { Credential: credential.toString("base64"), Secret: encryptedSecret.toString("base64") };
  return Buffer.from(JSON.stringify({ EC: body, ...(quote && { Quote: encodeQuoteRequest(quote) }) }));
}

/** Decodes a challenge on the machine. Throws TpmError `ChallengeMalformed`. */
export function decodeChallenge(message: Buffer): Challenge {
  try {
    const challenge = parseObject(message, "challenge");
    const ec = member(challenge, "EC");
    const body = typeof ec === "object" && ec !== null ? ec : {};
    const quote = member(challenge, "Quote");
    return {
      credential: byteString(body, "Credential"),
      encryptedSecret: byteString(body, "Secret"),
      ...(typeof quote === "object" && quote !== null && { quote: decodeQuoteRequest(quote) }),
    };
  } catch (cause) {
    throw new TpmError(
      "ChallengeMalformed",
      "the server's TPM challenge does not decode; is the URL that of a registration?",
      {
        cause,
      },
    );
  }
}

/** The answer to a challenge: JSON with a final LF. */
export function encodeResponse(secret: Buffer, quote?: Quote): Buffer {
  const response = { Secret: secret.toString("base64"), ...(quote && { Quote: encodeQuote(quote) }) };
  return Buffer.from(`${JSON.stringify(response)}\n`);
}

/**
 * Checks the answer to a challenge in constant time. Returns the quote that was asked for, not checked yet; undefined when
 * there is none. Throws AttestationRefused.
 */
export function checkResponse(
  message: Buffer,
  { secret, quote: request }: Omit<IssuedChallenge, "message">,
): Quote | undefined {
  const { answer, quote } = answerOf(message);
  if (answer.length !== secret.length || !timingSafeEqual(answer, secret)) {
    throw new AttestationRefused("SecretMismatch", "wrong answer to the TPM challenge");
  }
  return request && typeof quote === "object" && quote !== null ? decodeQuote(quote, request.pcrs) : undefined;
}

function answerOf(message: Buffer): { answer: Buffer; quote: unknown } {
  try {
    const response = parseObject(message, "challenge response");
    return { answer: byteString(response, "Secret"), quote: member(response, "Quote") };
  } catch (cause) {
    throw new AttestationRefused("ResponseMalformed", "challenge response does not decode", { cause });
  }
}
