import { ProtocolError } from "./errors.ts";

const TPM_PREFIX = "Bearer TPM";
const PLAIN_PREFIX = "Bearer PLAIN";

/** Longest identifier a server takes, in bytes (registration-protocol H13). */
const MAX_IDENTIFIER_BYTES = 256;

/** What an Authorization header says about the caller; nothing of it is proved yet. A TPM document is not even decoded. */
export type Authorization = { method: "tpm"; document: string } | { method: "plain"; identifier: string };

/**
 * Reads an Authorization header value (registration-protocol 1.6). The prefixes are case-sensitive and TPM is tested
 * first. Throws `Malformed` with a text fit for the caller when the header is absent, of another scheme or empty.
 */
export function parseAuthorization(header: string | undefined): Authorization {
  if (header === undefined || header === "") throw new ProtocolError("Malformed", "authorization required");
  if (header.startsWith(TPM_PREFIX) && header !== TPM_PREFIX) {
    return { method: "tpm", document: header.slice(TPM_PREFIX.length) };
  }
  if (header.startsWith(PLAIN_PREFIX)) {
    return { method: "plain", identifier: checkIdentifier(header.slice(PLAIN_PREFIX.length)) };
  }
  throw new ProtocolError("Malformed", "unsupported authorization scheme");
}

/** The header value of a TPM client; `document` is the base64 text of its attestation. */
export function tpmAuthorization(document: string): string {
  return TPM_PREFIX + document;
}

/** The header value of a client that names itself by a MAC address or its system UUID. */
export function plainAuthorization(identifier: string): string {
  return PLAIN_PREFIX + identifier;
}

/** Refuses what cannot tell one machine from another, or could forge log lines (registration-protocol H13). */
function checkIdentifier(identifier: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const unusable = identifier.trim() === "" || /[\u0000-\u001f\u007f-\u009f]/.test(identifier);
  if (unusable || identifier.toLowerCase() === "unknown") {
    throw new ProtocolError("Malformed", "the identifier does not identify a machine");
  }
  if (Buffer.byteLength(identifier, "latin1") > MAX_IDENTIFIER_BYTES) {
    throw new ProtocolError("Malformed", "the identifier is too long");
  }
  return identifier;
}
