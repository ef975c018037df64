import { isMap, isScalar, parseAllDocuments } from "yaml";
import { ProtocolError } from "../errors.ts";
import { encodeYaml } from "../yaml/encode.ts";

/** The payload of MsgError: a YAML mapping with the single key `message` (registration-protocol 4.9). */
export function encodeErrorPayload(message: string): Uint8Array {
  return Buffer.from(encodeYaml(new Map([["message", message]])));
}

/** The text of a received MsgError. Throws `Malformed` when the payload has none. */
export function decodeErrorPayload(payload: Uint8Array): string {
  const [document] = parseAllDocuments(Buffer.from(payload).toString());
  const contents = document && "contents" in document ? document.contents : undefined;
  const message = isMap(contents) ? contents.get("message", true) : undefined;
  if (!isScalar(message)) throw new ProtocolError("Malformed", "the error of the server has no message");
  return String(message.source ?? message.value);
}
