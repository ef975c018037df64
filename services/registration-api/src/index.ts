export { type AdmissionLimits, defaultLimits } from "./admission/admission.ts";
export { type AgentHandler, type ForwardOptions, forwardAgents, GATEWAY_TOKEN_HEADER } from "./agent/forward.ts";
export type { TlsOptions } from "./http/serve.ts";
export { clusterDns, type ServiceAddress } from "./seed-image/proxy.ts";
export { type DoorOptions, type RunningDoor, start } from "./start.ts";
