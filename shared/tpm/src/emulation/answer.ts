import type { KeyObject } from "node:crypto";
import { decodeChallenge, encodeResponse } from "../attestation/challenge.ts";
import { openCredential } from "../crypto/credential.ts";
import { recoverSeed } from "../crypto/seed.ts";
import { MalformedStructure, TpmError } from "../errors.ts";

/** Does in software what ActivateCredential does in a TPM; the response message. Throws TpmError. */
export function answerChallenge(ek: KeyObject, akName: Buffer, message: Buffer): Buffer {
  const { credential, encryptedSecret } = decodeChallenge(message);
  try {
    return encodeResponse(openCredential(recoverSeed(ek, encryptedSecret), akName, credential));
  } catch (cause) {
    if (!(cause instanceof MalformedStructure)) throw cause;
    throw new TpmError("CredentialRefused", `the challenge was not made for this emulated TPM: ${cause.message}`, {
      cause,
    });
  }
}
