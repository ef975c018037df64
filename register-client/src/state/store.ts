import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { ClientError, messageOf } from "../errors.ts";
import { exists, makeDirectory, writeAtomically } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { decodeState, emptyState, encodeState, type RegistrationState } from "./state.ts";

/** Creates the state's directory (0700) and an empty state where there is none. Throws a ClientError `State`. */
export function initialiseState(host: Host, path: string): void {
  attempt(`cannot create the state file ${path}`, () => {
    makeDirectory(host, dirname(path));
    if (!exists(host, path)) writeAtomically(host, path, encodeState(emptyState));
  });
}

/** Reads the stored state. Throws a ClientError `State` when it cannot be decoded. */
export function loadState(host: Host, path: string): RegistrationState {
  return attempt(`decoding state ${path}`, () => decodeState(readFileSync(host.path(path), "utf8")));
}

/** Replaces the stored state so that a crash leaves the old or the new one. Throws a ClientError `State`. */
export function saveState(host: Host, path: string, state: RegistrationState): void {
  attempt(`cannot save the state file ${path}`, () => writeAtomically(host, path, encodeState(state)));
}

function attempt<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new ClientError("State", `${what}: ${messageOf(error)}`, { cause: error });
  }
}
