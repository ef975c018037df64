export { type Controllers, startControllers } from "./controllers/index.ts";
export { type EmbeddedKubernetes, type EmbeddedKubernetesOptions, startEmbeddedKubernetes } from "./embedded.ts";
export type { TlsMaterial } from "./http/server.ts";
export type * from "./loopback.ts";
export * from "./pki/index.ts";
export * from "./pods/index.ts";
export { type Runtime, type RuntimeOptions, startRuntime } from "./runtime.ts";
export { type ApiServer, type ApiServerOptions, startApiServer } from "./server.ts";
