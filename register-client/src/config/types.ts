import type {
  ElementalConfig,
  InstallConfig,
  JsonObject,
  NetworkConfig,
  RegistrationConfig,
  ResetConfig,
  SystemAgentConfig,
} from "@elemental/protocol";

/** The registration section with its defaults filled in. */
export type Registration = Required<RegistrationConfig>;

/** What the client works with: local sources first, then the received document on top. */
export interface ClientConfig extends ElementalConfig {
  registration: Registration;
  install: InstallConfig;
  reset: ResetConfig;
  "system-agent": SystemAgentConfig;
}

/** The outcome of a registration. */
export interface Received {
  config: ClientConfig;
  cloudConfig: JsonObject;
  network: NetworkConfig;
}
