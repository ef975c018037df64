import { writeAgentFiles } from "./agent/write.ts";
import type { RegisterInvocation } from "./cli/invocation.ts";
import { resolveCa } from "./config/ca.ts";
import { readConfigFile } from "./config/file.ts";
import { readLabelsFile } from "./config/labels.ts";
import { mergeLocal } from "./config/local.ts";
import { applyReceived } from "./config/received.ts";
import type { ClientConfig, Received } from "./config/types.ts";
import { type Limits, referenceLimits } from "./connection/dial.ts";
import { ClientError, messageOf } from "./errors.ts";
import { isDirectory, writeAtomically } from "./host/files.ts";
import type { Host } from "./host/host.ts";
import { exclusively } from "./install/exclusive.ts";
import { install } from "./install/install.ts";
import { installedMark, isInstalled } from "./install/installed-mark.ts";
import { resetNetwork } from "./network/reset.ts";
import type { Log } from "./output/log.ts";
import { redact, registrationToken } from "./output/redact.ts";
import { register } from "./registration/register.ts";
import { checkRecoveryMode, reset } from "./reset/reset.ts";
import { emptyState, type RegistrationState } from "./state/state.ts";
import { initialiseState, loadState, saveState } from "./state/store.ts";

/** A whole run of the root command (register-client-and-media 1.7). Throws a ClientError. */
export async function run(
  host: Host,
  invocation: RegisterInvocation,
  log: Log,
  limits: Limits = referenceLimits,
): Promise<void> {
  const changesDisk = invocation.mode === "install" || invocation.mode === "reset";
  if (!changesDisk) return registerAndAct(host, invocation, log, limits);
  await exclusively(host, async () => {
    if (invocation.mode === "install" && isInstalled(host)) {
      const restart = "restart the machine to start it from its disk";
      return log.step("skip", `already installed: ${restart}, or remove ${installedMark} to install again`);
    }
    await registerAndAct(host, invocation, log, limits);
  });
}

/** The steps in the original's order. */
async function registerAndAct(host: Host, invocation: RegisterInvocation, log: Log, limits: Limits): Promise<void> {
  const config = readLocalConfig(host, invocation);
  initialiseState(host, invocation.statePath);
  const state = invocation.mode === "reset" ? emptyState : loadState(host, invocation.statePath);
  const { registration } = config;
  if (registration.url === "") throw new ClientError("Configuration", "registration URL is empty");
  log.conceal(registrationToken(registration.url));
  if (registration["ca-cert"] === "") log.record("warning", "ca-cert is empty, only the system's roots are trusted");
  registration["ca-cert"] = resolveCa(host, registration["ca-cert"]);
  if (invocation.mode === "reset" && !registration["no-toolkit"]) checkRecoveryMode(host);

  const outcome = await register(host, invocation, { config, state, limits }, log);
  saveState(host, invocation.statePath, outcome.state);
  const received = applyReceived(config, outcome.document);
  log.conceal(received.config["system-agent"].token ?? "");
  log.record("debug", `configuration: ${JSON.stringify(redact(received), bigintText, 2)}`);
  log.step("ok", "registered, configuration received");
  markRegistered(host, log);
  await act(host, invocation, { received, state: outcome.state }, log);
}

function readLocalConfig(host: Host, { configPath, configOptional, ...invocation }: RegisterInvocation): ClientConfig {
  const file = readConfigFile(host, configPath, configOptional);
  const config = mergeLocal({ flags: invocation.given, env: host.env, file });
  const flagLabels = invocation.given.get("label");
  config.registration.labels = {
    ...config.registration.labels,
    ...readLabelsFile(host, invocation.labelsFile),
    ...(flagLabels instanceof Map ? Object.fromEntries(flagLabels) : {}),
  };
  if (invocation.disableBootEntry) {
    config.install["disable-boot-entry"] = true;
    config.reset["disable-boot-entry"] = true;
  }
  return config;
}

async function act(
  host: Host,
  { mode }: RegisterInvocation,
  { received, state }: { received: Received; state: RegistrationState },
  log: Log,
): Promise<void> {
  const { registration, "system-agent": agent } = received.config;
  const unmanaged = registration["no-toolkit"];
  if (mode === "install" && unmanaged) {
    writeAgentFiles(host, agent, registration["ca-cert"]);
    log.step("ok", "the system agent's files are written");
  } else if (mode === "install") {
    await install(host, received, state, log);
  } else if (mode === "reset" && unmanaged) {
    log.step("skip", "this host is not managed by the toolkit, there is nothing to reset");
  } else if (mode === "reset") {
    await reset(host, received, state, log);
  } else if (mode === "reset-network") {
    await resetNetwork(host, log);
  }
}

/** A sign for health checks, which cannot tell a periodic update by its unit being active. */
function markRegistered(host: Host, log: Log): void {
  try {
    if (isDirectory(host, "/run/elemental")) writeAtomically(host, "/run/elemental/registered", "1");
  } catch (error) {
    log.record("warning", `cannot leave the mark of this registration: ${messageOf(error)}`);
  }
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
