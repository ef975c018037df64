/** Why a server turns an attestation away; one code per check of registration-protocol 2.1 to 2.7. */
export type RefusalCode =
  | "DocumentTooLarge"
  | "DocumentNotBase64"
  | "DocumentNotJson"
  | "DocumentInvalid"
  | "EkNotPem"
  | "EkPemType"
  | "EkUndecodable"
  | "EkUnsupported"
  | "EkCertificateRequired"
  | "EkCertificateUntrusted"
  | "EkCertificateExpired"
  | "EkCertificateUsage"
  | "EkCertificateExtension"
  | "TrustAnchorsMissing"
  | "AkMissing"
  | "AkPublicMalformed"
  | "AkPublicUnsupported"
  | "AkTooSmall"
  | "AkExportable"
  | "AkNotRestricted"
  | "AkUsage"
  | "AkNameAlgorithm"
  | "AkSymmetric"
  | "AkScheme"
  | "AkModulus"
  | "AkExponent"
  | "CreateDataMalformed"
  | "AttestationMalformed"
  | "AttestationMagic"
  | "AttestationType"
  | "AttestationCreationHash"
  | "AttestationObjectName"
  | "SignatureTooShort"
  | "SignatureMalformed"
  | "SignatureUnsupported"
  | "SignatureWrong"
  | "QuoteUnsupported"
  | "QuoteMissing"
  | "QuoteMalformed"
  | "QuoteSignature"
  | "QuoteStale"
  | "QuoteSelection"
  | "QuoteValues"
  | "PcrNotAllowed"
  | "ResponseMalformed"
  | "SecretMismatch";

/**
 * The server does not accept what a machine presented. `message` is one line without secrets that may be sent to the
 * machine: it names what was wrong with the machine's own data.
 */
export class AttestationRefused extends Error {
  override readonly name = "AttestationRefused";
  readonly code: RefusalCode;
  /** What is particular to this machine, for its console and for logs; `message` is the same for all. */
  readonly hint: string | undefined;

  constructor(code: RefusalCode, message: string, options: ErrorOptions & { hint?: string } = {}) {
    super(message, options);
    this.code = code;
    this.hint = options.hint;
  }
}

/** Bytes that are not the TPM structure they should be. Codecs throw nothing else. */
export class MalformedStructure extends Error {
  override readonly name = "MalformedStructure";
  readonly code = "Malformed";
}

/** What kept a machine from using its TPM. */
export type TpmErrorCode =
  | "DeviceMissing"
  | "DeviceUnavailable"
  | "CommandFailed"
  | "UnexpectedAnswer"
  | "ChallengeMalformed"
  | "CredentialRefused"
  | "SeedInvalid";

/** The machine's TPM cannot be used, or refused; `message` says what to try. Authorization values never appear. */
export class TpmError extends Error {
  override readonly name = "TpmError";
  readonly code: TpmErrorCode;
  /** TPM_RC of a `CommandFailed`. */
  readonly responseCode: number | undefined;

  constructor(code: TpmErrorCode, message: string, options: ErrorOptions & { responseCode?: number } = {}) {
    super(message, options);
    this.code = code;
    this.responseCode = options.responseCode;
  }
}
