import type { RegisterInvocation } from "../cli/invocation.ts";
import type { ClientConfig } from "../config/types.ts";
import type { Limits } from "../connection/dial.ts";
import { ClientError } from "../errors.ts";
import { readDmi } from "../host/firmware.ts";
import type { Host } from "../host/host.ts";
import { chooseSeed, randomSeed, seedFromUuid } from "../identity/seed.ts";
import { chooseTpm } from "../identity/tpm-source.ts";
import type { Log } from "../output/log.ts";
import { formatTimestamp, isUpdatable, type RegistrationState } from "../state/state.ts";
import { registerOnce } from "./register-once.ts";
import { withRetries } from "./retry.ts";

export interface RegistrationOutcome {
  document: Uint8Array;
  /** The state to remember. */
  state: RegistrationState;
}

/** Registers, again and again while the server cannot be reached. Throws a ClientError. */
export async function register(
  host: Host,
  invocation: RegisterInvocation,
  before: { config: ClientConfig; state: RegistrationState; limits: Limits },
  log: Log,
): Promise<RegistrationOutcome> {
  const { registration } = before.config;
  const state = withSeed(host, registration, before.state);
  log.conceal(String(state.emulatedTpmSeed));
  const tpm = chooseTpm({
    emulate: registration["emulate-tpm"],
    seed: state.emulatedTpmSeed,
    socket: invocation.tpmSocket ?? host.env["ELEMENTAL_TPM_SOCKET"],
    key: invocation.tpmKey ?? host.env["ELEMENTAL_TPM_KEY"],
  });
  const attempt = (update: boolean) =>
    withRetries(() => registerOnce(host, { registration, tpm, update, limits: before.limits }, log), {
      budgetMs: invocation.retryForMs,
      log,
    });
  const { document, isNew } = await attemptWithRenewal(attempt, isUpdatable(state), invocation.mode === "install", log);
  const initialRegistration = isNew ? formatTimestamp(new Date()) : state.initialRegistration;
  return { document, state: { ...state, initialRegistration } };
}

/**
 * On a live system the state may outlive its inventory: an installation failed, and someone deleted the machine meanwhile.
 * There the machine registers as new; an installed node keeps failing, as it has to be provisioned again.
 */
async function attemptWithRenewal(
  attempt: (update: boolean) => Promise<Uint8Array>,
  updatable: boolean,
  mayRenew: boolean,
  log: Log,
): Promise<{ document: Uint8Array; isNew: boolean }> {
  try {
    return { document: await attempt(updatable), isNew: !updatable };
  } catch (error) {
    const forgotten = error instanceof ClientError && /^update error: MachineInventory not found/.test(error.message);
    if (!forgotten || !updatable || !mayRenew) throw error;
    log.step("wait", "the server does not know this machine any more, registering it as new");
    return { document: await attempt(false), isNew: true };
  }
}

function withSeed(host: Host, registration: ClientConfig["registration"], state: RegistrationState): RegistrationState {
  if (registration.auth !== "tpm") return state;
  const emulateTpm = registration["emulate-tpm"];
  const derive = () => seedFromUuid(readDmi(host, "product_uuid")) ?? randomSeed();
  const emulatedTpmSeed = chooseSeed({ emulateTpm, configured: registration["emulated-tpm-seed"], state, derive });
  return { ...state, emulatedTpm: emulateTpm, emulatedTpmSeed };
}
