export {
  type Attestation,
  type AttestationPolicy,
  type CertificateVerdict,
  examineAttestation,
} from "./attestation/attestation.ts";
export {
  checkResponse,
  type IssuedChallenge,
  issueChallenge,
  referenceChallengeLimit,
} from "./attestation/challenge.ts";
export type { EndorsementKey } from "./attestation/endorsement-key.ts";
export { checkQuote, type Quote } from "./attestation/quote.ts";
export type { Attestor } from "./attestor.ts";
export type { SwtpmAddress } from "./device/swtpm.ts";
export { AttestationRefused, type RefusalCode, TpmError, type TpmErrorCode } from "./errors.ts";
export { openAttestor, type TpmSource } from "./open.ts";
export type { EkAlgorithm } from "./session/endorsement-key.ts";
