export { configShape, type InventoryControllerConfig, ownServerSettings } from "./config.ts";
export type { AgentGateway } from "./gateway/gateway.ts";
export {
  type GatewayListener,
  type GatewayListenerOptions,
  gatewayTokenHeader,
  listenForDoor,
} from "./gateway/listener.ts";
export {
  controllerNames,
  type InventoryControllerOptions,
  type RunningInventoryController,
  startInventoryController,
} from "./start.ts";
