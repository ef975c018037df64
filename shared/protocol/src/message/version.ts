import { MessageType } from "./type.ts";

/** The protocol version is the highest message type a peer knows. */
export const CURRENT_VERSION = 12;

/** What a client speaks that never sent Version (before 1.1.0). */
export const UNNEGOTIATED_VERSION = 0;

/** The oldest version a Version message may name: the message itself. */
const OLDEST_VERSION = MessageType.Version;

/** The version a server answers to a client's, undefined when the client is too old (registration-protocol 4.3). */
export function negotiate(clientVersion: number): number | undefined {
  return clientVersion < OLDEST_VERSION ? undefined : Math.min(clientVersion, CURRENT_VERSION);
}

/** What the negotiated version allows; each feature came with the message type that carries it. */
export const speaks = {
  systemData: (version: number) => version >= MessageType.SystemData,
  /** Config has a type byte; before, the answer to Get is bare YAML. */
  typedConfig: (version: number) => version >= MessageType.Config,
  errors: (version: number) => version >= MessageType.Error,
  annotations: (version: number) => version >= MessageType.Annotations,
  update: (version: number) => version >= MessageType.Update,
  systemDataV2: (version: number) => version >= MessageType.SystemDataV2,
  network: (version: number) => version >= MessageType.NetworkConfig,
};
