export { isKubeError, KubeError, type KubeErrorCode } from "./errors.ts";
export type * from "./ports.ts";
