export type { TlsMaterial } from "./http/server.ts";
export type * from "./loopback.ts";
export * from "./pki/index.ts";
export * from "./pods/index.ts";
export { type ApiServer, type ApiServerOptions, startApiServer } from "./server.ts";
