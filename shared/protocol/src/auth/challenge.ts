import { parseJsonObject } from "../json/index.ts";
import { encodeBase64 } from "./base64.ts";
import { bytesField, fieldsOf, objectField } from "./fields.ts";

/** The challenge of the server: a credential that only the TPM holding both EK and AK can open (registration-protocol 2.5). */
export interface Challenge {
  /** TPM2B_ID_OBJECT. */
  credential: Uint8Array;
  /** TPM2B_ENCRYPTED_SECRET. */
  secret: Uint8Array;
}

/** One message without a type byte. The original's client reads its first 512 bytes only. */
export function encodeChallenge({ credential, secret }: Challenge): Uint8Array {
  return Buffer.from(JSON.stringify({ EC: { Credential: encodeBase64(credential), Secret: encodeBase64(secret) } }));
}

/** Throws `Malformed`. */
export function decodeChallenge(message: Uint8Array): Challenge {
  const challenge = objectField(fieldsOf(parseJsonObject(message)), "EC");
  return { credential: bytesField(challenge, "Credential"), secret: bytesField(challenge, "Secret") };
}

/** The client's answer, one message without a type byte. */
export function encodeChallengeResponse(secret: Uint8Array): Uint8Array {
  return Buffer.from(`${JSON.stringify({ Secret: encodeBase64(secret) })}\n`);
}

/** The secret the client recovered. Throws `Malformed`. */
export function decodeChallengeResponse(message: Uint8Array): Uint8Array {
  return bytesField(fieldsOf(parseJsonObject(message)), "Secret");
}
