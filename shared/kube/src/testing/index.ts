export type { Call } from "./memory/memory-api.ts";
export { type MemoryKube, type MemoryKubeOptions, memoryKube } from "./memory/memory-kube.ts";
