export { byCodePoint, encodeJson, encodeJsonPayload } from "./encode.ts";
export { MAX_DEPTH, parseJson, parseJsonObject, parseStringMap } from "./parse.ts";
export { emptyMap, isJsonObject, type JsonObject, type JsonValue } from "./value.ts";
