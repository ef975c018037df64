import { AttestationRefused, type RefusalCode } from "../errors.ts";
import { type CheckedAttestationKey, checkAttestationKey } from "./attestation-key.ts";
import { type VerifiedCertificate, verifyEndorsementChain } from "./chain.ts";
import { decodeDocument, quoteFeature } from "./document.ts";
import { type EndorsementKey, parseEndorsementKey } from "./endorsement-key.ts";

/** What became of the EK certificate: whose it is, or why it does not count. */
export type CertificateVerdict =
  | ({ verified: true } & VerifiedCertificate)
  | { verified: false; code: RefusalCode; message: string };

/** A machine whose claims hold together; only the answer to a challenge proves that it has the TPM. */
export interface Attestation {
  ek: EndorsementKey;
  ak: CheckedAttestationKey;
  /** Whether the machine can quote its PCRs. */
  quotes: boolean;
  certificate: CertificateVerdict;
}

export interface AttestationPolicy {
  /** The `tls.crt` of the `tpm-ca` Secret; undefined when there is no such Secret. */
  anchorsPem: string | undefined;
  /** Whether a machine without a certificate of these authorities is refused; by default when there is the Secret. */
  requireCertificate?: boolean | undefined;
  now: Date;
}

/** Every check that depends on the Authorization header alone; `text` follows `Bearer TPM`. Throws AttestationRefused. */
export function examineAttestation(text: string, policy: AttestationPolicy): Attestation {
  const { ek: pem, ak, features } = decodeDocument(text);
  const ek = parseEndorsementKey(pem);
  const certificate = judgeCertificate(ek, policy);
  return { ek, ak: checkAttestationKey(ak), certificate, quotes: features.includes(quoteFeature) };
}

function judgeCertificate(ek: EndorsementKey, { anchorsPem, requireCertificate, now }: AttestationPolicy) {
  try {
    return { verified: true, ...verifyEndorsementChain(ek, anchorsPem ?? "", now) } as const;
  } catch (error) {
    if ((requireCertificate ?? anchorsPem !== undefined) || !(error instanceof AttestationRefused)) throw error;
    const message = error.hint === undefined ? error.message : `${error.message}: ${error.hint}`;
    return { verified: false, code: error.code, message } as const;
  }
}
