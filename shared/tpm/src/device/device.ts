/** A TPM 2.0 that takes one command at a time. */
export interface TpmDevice {
  /** Sends a whole command and returns the whole response. Throws TpmError `DeviceUnavailable`. */
  transmit(command: Buffer): Promise<Buffer>;
  /** Safe to call twice. */
  close(): Promise<void>;
}

/** Length of the tag, size and code that open every command and response. */
export const headerLength = 10;

/** More than any response has: TPM_PT_MAX_RESPONSE_SIZE of real devices is 4096. */
export const maxResponseLength = 16 * 1024;
