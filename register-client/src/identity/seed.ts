import { randomBytes } from "node:crypto";
import type { RegistrationState } from "../state/state.ts";

/** The configured value that asks for a seed derived from the machine. */
export const DERIVED_SEED = -1n;

/** A seed from the machine's UUID (its low 64 bits, signed); undefined when the text is not hexadecimal. */
export function seedFromUuid(uuid: string): bigint | undefined {
  const hex = uuid.replaceAll("-", "");
  return /^[0-9a-fA-F]+$/.test(hex) ? BigInt.asIntN(64, BigInt(`0x${hex}`)) : undefined;
}

/** A random non-negative seed, for machines without a usable UUID. */
export function randomSeed(): bigint {
  return BigInt.asUintN(63, randomBytes(8).readBigUInt64BE());
}

export interface SeedChoice {
  emulateTpm: boolean;
  configured: bigint;
  state: RegistrationState;
  /** Called only when a seed has to be derived. */
  derive: () => bigint;
}

/** Which seed a registration uses and remembers (register-client-and-media 1.4). */
export function chooseSeed({ emulateTpm, configured, state, derive }: SeedChoice): bigint {
  if (!emulateTpm || state.emulatedTpm) return state.emulatedTpmSeed;
  return configured === DERIVED_SEED ? derive() : configured;
}
