import { checkAttestationKey } from "./attestation-key.ts";
import { verifyEndorsementChain } from "./chain.ts";
import { decodeDocument } from "./document.ts";
import { type EndorsementKey, parseEndorsementKey } from "./endorsement-key.ts";

/** A machine whose claims hold together; only the answer to a challenge proves that it has the TPM. */
export interface Attestation {
  ek: EndorsementKey;
  /** Name of the attestation key, 34 bytes. */
  akName: Buffer;
}

export interface AttestationPolicy {
  /** The `tls.crt` of the `tpm-ca` Secret; undefined when there is no such Secret, which accepts any endorsement key. */
  anchorsPem: string | undefined;
  now: Date;
}

/** Every check that depends on the Authorization header alone; `text` follows `Bearer TPM`. Throws AttestationRefused. */
export function examineAttestation(text: string, policy: AttestationPolicy): Attestation {
  const { ek: pem, ak } = decodeDocument(text);
  const ek = parseEndorsementKey(pem);
  if (policy.anchorsPem !== undefined) verifyEndorsementChain(ek, policy.anchorsPem, policy.now);
  return { ek, akName: checkAttestationKey(ak) };
}
