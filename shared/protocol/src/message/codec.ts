import { ProtocolError } from "../errors.ts";
import { isMessageType, type MessageType } from "./type.ts";

export interface Message {
  type: MessageType;
  payload: Uint8Array;
}

/** The bytes of one WebSocket message: the type, then the payload. */
export function encodeMessage(type: MessageType, payload: Uint8Array = new Uint8Array()): Uint8Array {
  const bytes = new Uint8Array(1 + payload.length);
  bytes[0] = type;
  bytes.set(payload, 1);
  return bytes;
}

/** The inverse; the payload shares memory with `bytes`. Throws `Malformed` for an empty message or an unknown type. */
export function decodeMessage(bytes: Uint8Array): Message {
  const type = bytes[0];
  if (type === undefined) throw new ProtocolError("Malformed", "empty message");
  if (!isMessageType(type)) throw new ProtocolError("Malformed", `unknown message type ${type}`);
  return { type, payload: bytes.subarray(1) };
}
