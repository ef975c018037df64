export type { AttestationDocument } from "./attestation.ts";
export { type Authorization, parseAuthorization, plainAuthorization, tpmAuthorization } from "./authorization.ts";
export {
  type Challenge,
  decodeChallenge,
  decodeChallengeResponse,
  encodeChallenge,
  encodeChallengeResponse,
} from "./challenge.ts";
