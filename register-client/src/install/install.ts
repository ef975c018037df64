import type { Received } from "../config/types.ts";
import { chooseDevice } from "../device/choose.ts";
import type { Host } from "../host/host.ts";
import { applyNetwork } from "../network/apply.ts";
import type { Log } from "../output/log.ts";
import type { RegistrationState } from "../state/state.ts";
import { installArguments, installEnvironment } from "./environment.ts";
import { hookDocument } from "./hook.ts";
import { markInstalled } from "./installed-mark.ts";
import { runToolkit } from "./toolkit.ts";
import { verifyInstallation } from "./verify.ts";

/** Installs the system with what was received; the machine is not restarted by this program. Throws a ClientError. */
export async function install(host: Host, received: Received, state: RegistrationState, log: Log): Promise<void> {
  const options = received.config.install;
  const device = chooseDevice(host, options, log);
  log.step("ok", `installing to ${device}`, { device });
  const env = installEnvironment(options, device);
  const network = await applyNetwork(host, received.network);
  const hook = hookDocument("install", { received, state, network });
  await runToolkit(host, { args: installArguments(options), env, hook });
  if (!options.reboot && !options.poweroff) await verifyInstallation(host, log);
  markInstalled(host);
  log.step("ok", "Elemental install completed, please reboot");
}
