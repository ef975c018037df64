import { randomBytes, timingSafeEqual } from "node:crypto";
import { sealCredential } from "../crypto/credential.ts";
import { shareSeed } from "../crypto/seed.ts";
import { AttestationRefused, TpmError } from "../errors.ts";
import type { EndorsementKey } from "./endorsement-key.ts";
import { byteString, member, parseObject } from "./json.ts";

/** TPM2B_ID_OBJECT and TPM2B_ENCRYPTED_SECRET of a challenge. */
export interface Challenge {
  credential: Buffer;
  encryptedSecret: Buffer;
}

/** A challenge and its only right answer. */
export interface IssuedChallenge {
  /** The message to send, in one unfragmented frame. */
  message: Buffer;
  secret: Buffer;
}

/**
 * The reference client reads this much of a challenge and no more. RSA-2048 and P-256 keys fit; larger RSA keys cannot
 * be used with that client.
 */
export const referenceChallengeLimit = 512;

const secretLength = 32;

/** Makes the challenge that only the TPM with this endorsement key and the attestation key called `akName` can answer. */
export function issueChallenge(ek: EndorsementKey, akName: Buffer): IssuedChallenge {
  const secret = randomBytes(secretLength);
  return { message: encodeChallenge(makeCredential(ek, akName, secret)), secret };
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
export function encodeChallenge({ credential, encryptedSecret }: Challenge): Buffer {
  const body = { Credential: credential.toString("base64"), Secret: encryptedSecret.toString("base64") };
  return Buffer.from(JSON.stringify({ EC: body }));
}

/** Decodes a challenge on the machine. Throws TpmError `ChallengeMalformed`. */
export function decodeChallenge(message: Buffer): Challenge {
  try {
    const ec = member(parseObject(message, "challenge"), "EC");
    const body = typeof ec === "object" && ec !== null ? ec : {};
    return { credential: byteString(body, "Credential"), encryptedSecret: byteString(body, "Secret") };
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
export function encodeResponse(secret: Buffer): Buffer {
  return Buffer.from(`${JSON.stringify({ Secret: secret.toString("base64") })}\n`);
}

/** Checks the answer to a challenge in constant time. Throws AttestationRefused. */
export function checkResponse(message: Buffer, secret: Buffer): void {
  const answer = answerOf(message);
  if (answer.length !== secret.length || !timingSafeEqual(answer, secret)) {
    throw new AttestationRefused("SecretMismatch", "wrong answer to the TPM challenge");
  }
}

function answerOf(message: Buffer): Buffer {
  try {
    return byteString(parseObject(message, "challenge response"), "Secret");
  } catch (cause) {
    throw new AttestationRefused("ResponseMalformed", "challenge response does not decode", { cause });
  }
}
