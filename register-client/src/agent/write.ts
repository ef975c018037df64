import type { SystemAgentConfig } from "@elemental/protocol";
import { ClientError, messageOf } from "../errors.ts";
import { makeDirectory, writeAtomically } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { agentDirectories, agentFiles } from "./files.ts";

/** Writes the agent's files to the running system, for hosts without the toolkit. Throws a ClientError `Host`. */
export function writeAgentFiles(host: Host, agent: SystemAgentConfig, caCert: string): void {
  try {
    for (const directory of agentDirectories) makeDirectory(host, directory);
    for (const { path, content } of agentFiles(agent, caCert)) writeAtomically(host, path, content);
  } catch (error) {
    throw new ClientError("Host", `cannot write the agent's files: ${messageOf(error)}`, { cause: error });
  }
}
