import type { NetworkConfig } from "@elemental/protocol";
import { sortedYaml } from "../config/text.ts";
import { ClientError, messageOf } from "../errors.ts";
import { makeDirectory, writeAtomically } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { runChecked } from "../host/run-checked.ts";
import type { YipFile } from "../install/yip.ts";
import { collectedConnections, networkDocument, writtenConnections } from "./connections.ts";
import { fillPlaceholders } from "./placeholders.ts";

type Configurator = (host: Host, network: NetworkConfig) => YipFile[] | Promise<YipFile[]>;

const workDirectory = "/tmp/declarative-networking";

const configurators: Readonly<Record<string, Configurator>> = {
  nmconnections: (_host, network) => writtenConnections(network),
  nmstate: async (host, network) => {
    const file = writeDesiredState(host, network, workDirectory, "elemental-nmstate.yaml");
    await runChecked(host, "nmstatectl", ["apply", file]);
    return collectedConnections(host);
  },
  nmc: async (host, network) => {
    const desired = `${workDirectory}/nmc/desired-states`;
    const generated = `${workDirectory}/nmc/network-config`;
    writeDesiredState(host, network, desired, "_all.yaml");
    makeDirectory(host, generated);
    await runChecked(host, "nmc", ["generate", "--config-dir", desired, "--output-dir", generated]);
    await runChecked(host, "nmc", ["apply", "--config-dir", generated]);
    return collectedConnections(host);
  },
};

/**
 * Configures the network of the live system and returns the document that does so on the installed one: an empty one when
 * no configurator is set, undefined when there is one without configuration (register-client-and-media 2.2, 2.8). Throws a
 * ClientError.
 */
export async function applyNetwork(host: Host, network: NetworkConfig): Promise<string | undefined> {
  const { configurator, config } = network;
  if (configurator === "" || configurator === "none") return "{}\n";
  const apply = Object.hasOwn(configurators, configurator) ? configurators[configurator] : undefined;
  if (!apply)
    throw new ClientError("Configuration", `Unknown network configurator type ${JSON.stringify(configurator)}`);
  if (Object.keys(config).length === 0) return undefined;
  try {
    return networkDocument(await apply(host, network));
  } catch (error) {
    throw new ClientError("Host", `cannot configure the network by ${configurator}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Writes the configuration for a tool, addresses filled in; returns its path on the machine. */
function writeDesiredState(host: Host, network: NetworkConfig, directory: string, name: string): string {
  makeDirectory(host, directory);
  const path = `${directory}/${name}`;
  writeAtomically(host, path, fillPlaceholders(sortedYaml(network.config), network.ipAddresses));
  return path;
}
