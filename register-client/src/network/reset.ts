import { rmSync } from "node:fs";
import { ClientError, messageOf } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { runChecked } from "../host/run-checked.ts";
import type { Log } from "../output/log.ts";
import { connectionNames, connectionsDirectory } from "./connections.ts";

const commands: readonly [string, string[]][] = [
  ["find", [connectionsDirectory, "-name", "*.nmconnection", "-type", "f", "-delete"]],
  ["nmcli", ["connection", "reload"]],
  ["systemctl", ["restart", "NetworkManager.service"]],
  ["systemctl", ["start", "NetworkManager-wait-online.service"]],
  ["systemctl", ["restart", "elemental-system-agent.service"]],
];

/**
 * Gives the network back to its defaults; the last step restarts the agent that may have started this program, and the
 * repeated run finds nothing to do (register-client-and-media 2.9). Throws a ClientError `Host` at the first failure.
 */
export async function resetNetwork(host: Host, log: Log): Promise<void> {
  if (presentConnections(host).length === 0) {
    log.record("debug", "Network is already reset, nothing to do");
    return;
  }
  rmSync(host.path("/oem/elemental-network.yaml"), { force: true });
  for (const [command, args] of commands) {
    log.record("info", [command, ...args].join(" "));
    await runChecked(host, command, args);
  }
}

function presentConnections(host: Host): string[] {
  try {
    return connectionNames(host);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new ClientError("Host", `cannot list the network connections: ${messageOf(error)}`, { cause: error });
  }
}
