import { ProtocolError } from "../errors.ts";

/** Decodes standard base64 with padding; line breaks are ignored. Throws `Malformed` for anything else. */
export function decodeBase64(text: string): Uint8Array {
  const compact = text.replace(/[\r\n]/g, "");
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) {
    throw new ProtocolError("Malformed", "invalid base64");
  }
  return Buffer.from(compact, "base64");
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
