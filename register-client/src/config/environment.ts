import type { Environment } from "../host/host.ts";

/**
 * The variable that sets a registration key, if any: the original's dotted name, else the name a shell can set. Empty
 * variables count as unset; `ELEMENTAL`, `ELEMENTAL.REGISTRATION` and `VERSION` mean nothing.
 */
export function environmentValue(env: Environment, key: string): string | undefined {
  const upper = key.toUpperCase();
  const dotted = env[`ELEMENTAL.REGISTRATION.${upper}`];
  return dotted || env[`ELEMENTAL_REGISTRATION_${upper.replaceAll("-", "_")}`] || undefined;
}
