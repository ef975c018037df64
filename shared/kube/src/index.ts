export { type ConnectOptions, connect } from "./client/connect.ts";
export { isKubeError, KubeError, type KubeErrorCode } from "./errors.ts";
export { applyMergePatch, diffMergePatch, equalJson } from "./merge-patch.ts";
export type * from "./ports.ts";
export { describeObject } from "./subject.ts";
