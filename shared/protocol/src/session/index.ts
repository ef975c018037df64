export {
  type ClientOptions,
  type ClientReport,
  type ClientResult,
  type ClientTransport,
  runClientSession,
} from "./client.ts";
