import type { MachineInventory, MachineRegistration } from "@elemental/api";
import { encodeConfig, type SystemAgentConfig, speaks } from "@elemental/protocol";
import type { ServerSettings } from "@elemental/settings";
import { Refusal } from "../refusal.ts";

/** Under `<server-url>`: where a machine reaches its own plan, and where it reaches all of Kubernetes. */
export const AGENT_PATH = "/elemental/agent";
export const CLUSTER_PATH = "/k8s/clusters/local";

export interface ConfigurationInput {
  registration: MachineRegistration;
  inventory: MachineInventory;
  settings: ServerSettings;
  credential: { token: string; path: typeof AGENT_PATH | typeof CLUSTER_PATH };
  /** The negotiated version of the protocol. */
  version: number;
}

/** The payload of the answer to Get (registration-protocol 7). Throws a Refusal with the original's texts. */
export function configuration(input: ConfigurationInput): Uint8Array {
  const { registration, inventory, settings, credential, version } = input;
  if (!settings.serverUrl) throw new Refusal("Misconfigured", "server-url is not set");
  if (!registration.status?.registrationURL) throw new Refusal("Misconfigured", "registration URL is not set");
  const systemAgent: SystemAgentConfig = {
    strictTLSMode: settings.strictTls,
    url: settings.serverUrl + credential.path,
    token: credential.token,
    "secret-name": inventory.metadata.name,
    "secret-namespace": inventory.metadata.namespace,
  };
  const network = speaks.network(version) ? inventory.spec?.network : undefined;
  return Buffer.from(encodeConfig({ registration, caCert: settings.caCert, systemAgent, network }));
}
