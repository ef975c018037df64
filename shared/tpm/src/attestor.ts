/**
 * A machine's TPM, as far as registration needs it. One attestor serves one registration: it keeps the endorsement key
 * and the attestation key of its document loaded until it is closed.
 */
export interface Attestor {
  /** The machine's identity: hex SHA-256 of the endorsement key (registration-protocol 2.2). */
  endorsementKeyHash(): Promise<string>;
  /** Makes an attestation key and returns the text that follows `Bearer TPM`. */
  document(): Promise<string>;
  /** Answers the server's challenge to that document; `message` is the whole challenge message. */
  answer(message: Buffer): Promise<Buffer>;
  /** Releases the device; safe to call twice. */
  close(): Promise<void>;
}
