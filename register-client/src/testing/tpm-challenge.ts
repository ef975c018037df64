import { checkResponse, examineAttestation, issueChallenge } from "@elemental/tpm";
import type { Challenge } from "./registration-server.ts";

/** The challenge of a server that accepts any endorsement key. Throws when the attestation does not hold. */
export function tpmChallenge(authorization: string): Challenge {
  const document = authorization.replace(/^Bearer TPM/, "");
  const { ek, ak } = examineAttestation(document, { anchorsPem: undefined, now: new Date() });
  const { message, secret } = issueChallenge(ek, ak.name);
  const isAnsweredBy = (reply: Buffer) => {
    checkResponse(reply, { secret });
    return true;
  };
  return { message, isAnsweredBy };
}
