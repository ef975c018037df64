import { createHash } from "node:crypto";
import type { MachineAttestation, MachineRegistration } from "@elemental/api";
import { type Authorization, ProtocolError, parseAuthorization, type ServerSessionOptions } from "@elemental/protocol";
import {
  AttestationRefused,
  type CertificateVerdict,
  checkQuote,
  checkResponse,
  examineAttestation,
  issueChallenge,
} from "@elemental/tpm";
import { Refusal } from "../refusal.ts";
import { judgeValues, quotedPcrs, withoutQuote } from "./measured-boot.ts";
import { type AuthenticationPolicy, checkMethod } from "./policy.ts";

/** Who calls, as far as its Authorization header can tell. */
export interface Machine {
  method: "tpm" | "plain";
  /** Lower-case hex SHA-256: `spec.tpmHash` or `spec.machineHash` of its inventory. */
  hash: string;
  /** What its TPM proved, for the inventory, complete once the challenge is answered; undefined without TPM. */
  attestation: MachineAttestation | undefined;
  /** What a TPM has to answer before anything else counts. */
  challenge: ServerSessionOptions["challenge"];
}

/** A machine whose claims were checked. */
export type IdentifiedMachine = Omit<Machine, "challenge">;

export interface AuthenticationContext {
  registration: MachineRegistration;
  policy: AuthenticationPolicy;
  /** PEM of the certificates that EKs must descend from; undefined accepts any. */
  anchorsPem: string | undefined;
  now: Date;
}

/**
 * Every check that depends on the header alone, before the upgrade (registration-protocol H4). Throws a Refusal or an
 * AttestationRefused, whose message the client prints.
 */
export function authenticate(header: string | undefined, context: AuthenticationContext): Machine {
  try {
    const authorization = parseAuthorization(header);
    checkMethod(context.registration, authorization.method, context.policy);
    return identify(authorization, context);
  } catch (error) {
    if (error instanceof ProtocolError) throw new Refusal("AuthorizationMalformed", error.message, { cause: error });
    throw error;
  }
}

function identify(authorization: Authorization, context: AuthenticationContext): Machine {
  if (authorization.method === "plain") {
    // A header value is a string of bytes to Node.
    const hash = createHash("sha256").update(authorization.identifier, "latin1").digest("hex");
    return { method: "plain", hash, attestation: undefined, challenge: undefined };
  }
  return identifyTpm(authorization.document, context);
}

function identifyTpm(document: string, { registration, anchorsPem, now }: AuthenticationContext): Machine {
  const { requireCertificate, measuredBoot } = registration.spec?.tpm ?? {};
  const { ek, ak, certificate, quotes } = examineAttestation(document, { anchorsPem, requireCertificate, now });
  const attestation: MachineAttestation = { certificate: recordOf(certificate) };
  if (measuredBoot && !quotes) attestation.measuredBoot = withoutQuote(measuredBoot, "QuoteUnsupported");
  const issued = issueChallenge(ek, ak.name, measuredBoot && quotes ? quotedPcrs(measuredBoot) : undefined);
  const check = (response: Uint8Array) => {
    const quote = checkResponse(Buffer.from(response), issued);
    if (!measuredBoot || !issued.quote) return;
    if (quote) checkQuote(quote, issued.quote, ak);
    attestation.measuredBoot = quote
      ? judgeValues(measuredBoot, quote.values)
      : withoutQuote(measuredBoot, "QuoteMissing");
  };
  const challenge = { message: issued.message, check: (response: Uint8Array) => explained(() => check(response)) };
  return { method: "tpm", hash: ek.hash, attestation, challenge };
}

function recordOf(verdict: CertificateVerdict): MachineAttestation["certificate"] {
  if (!verdict.verified) return { verified: false, reason: verdict.code, message: verdict.message };
  const { serial, issuer, authority } = verdict;
  return { verified: true, serial, issuer, authority };
}

/** A refusal within the conversation closes it. */
function explained(check: () => void): void {
  try {
    check();
  } catch (cause) {
    if (!(cause instanceof AttestationRefused)) throw cause;
    throw new ProtocolError("Unexpected", cause.message, { cause, refusal: cause.code });
  }
}
