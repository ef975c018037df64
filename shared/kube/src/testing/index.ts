export type { Call } from "./memory/memory-api.ts";
export type { MemoryClientOptions } from "./memory/memory-client.ts";
export { type MemoryKube, type MemoryKubeOptions, memoryKube } from "./memory/memory-kube.ts";
export type { StoredEvent } from "./memory/storage.ts";
