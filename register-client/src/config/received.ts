import { decodeConfig, mergeConfig } from "@elemental/protocol";
import { ClientError, messageOf } from "../errors.ts";
import type { ClientConfig, Received } from "./types.ts";

/** Decodes the received document on top of the local configuration. Throws a ClientError `Configuration`. */
export function applyReceived(local: ClientConfig, document: Uint8Array): Received {
  try {
    const received = decodeConfig(document);
    return {
      config: mergeConfig<object>(local, received.elemental) as ClientConfig,
      cloudConfig: received["cloud-config"],
      network: received.network,
    };
  } catch (error) {
    throw new ClientError("Configuration", `the received configuration is unusable: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
