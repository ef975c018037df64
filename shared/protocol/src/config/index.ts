export { type ConfigInput, encodeConfig, encodeRegistration } from "./assemble.ts";
export { decodeConfig, decodeElemental } from "./decode.ts";
export { mergeConfig } from "./merge.ts";
export type {
  ConfigDocument,
  ElementalConfig,
  InstallConfig,
  NetworkConfig,
  RegistrationConfig,
  ResetConfig,
  SystemAgentConfig,
} from "./schema.ts";
