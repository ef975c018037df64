export { type ConnectOptions, connect } from "./client/connect.ts";
export { isKubeError, KubeError, type KubeErrorCode } from "./errors.ts";
export { describeObject, keyOf, keyText, parseKey } from "./key.ts";
export { applyMergePatch, diffMergePatch } from "./merge-patch.ts";
export type * from "./ports.ts";
