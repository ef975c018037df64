import { rmSync } from "node:fs";
import type { Received } from "../config/types.ts";
import { ClientError } from "../errors.ts";
import { exists } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { resetArguments, resetEnvironment } from "../install/environment.ts";
import { hookDocument, resetPlanFile } from "../install/hook.ts";
import { runToolkit } from "../install/toolkit.ts";
import { applyNetwork } from "../network/apply.ts";
import type { Log } from "../output/log.ts";
import type { RegistrationState } from "../state/state.ts";

const recoverySentinels = ["/run/elemental/recovery_mode", "/run/cos/recovery_mode"];

/** Fails before anything happened when the machine is not in recovery mode, where alone it can be reset. */
export function checkRecoveryMode(host: Host): void {
  if (recoverySentinels.some((path) => exists(host, path))) return;
  throw new ClientError("Host", "--reset works in recovery mode only: boot the recovery system first");
}

/** Resets the system with what was received, and removes the plan that asked for it. Throws a ClientError. */
export async function reset(host: Host, received: Received, state: RegistrationState, log: Log): Promise<void> {
  const options = received.config.reset;
  const env = resetEnvironment(options);
  const network = await applyNetwork(host, received.network);
  const hook = hookDocument("reset", { received, state, network });
  await runToolkit(host, { args: resetArguments(options), env, hook });
  rmSync(host.path(resetPlanFile), { force: true });
  log.step("ok", "Elemental reset completed, please reboot");
}
