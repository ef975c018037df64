export {
  type ClientOptions,
  type ClientReport,
  type ClientResult,
  type ClientTransport,
  runClientSession,
} from "./client.ts";
export { limits } from "./limits.ts";
export {
  closeCodes,
  type ServerAction,
  ServerSession,
  type ServerSessionOptions,
  type SessionFailure,
} from "./server.ts";
