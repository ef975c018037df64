export { decodeMessage, encodeMessage, type Message } from "./codec.ts";
export { decodeErrorPayload, encodeErrorPayload } from "./error.ts";
export { isMessageType, MessageType, messageName } from "./type.ts";
export { CURRENT_VERSION, negotiate, speaks, UNNEGOTIATED_VERSION } from "./version.ts";
