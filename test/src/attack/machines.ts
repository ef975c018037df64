import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { MachineRegistration } from "@elemental/api";
import { type SoftwareMachine, softwareAk, softwareMachine } from "@elemental/tpm/testing";
import type { Knock } from "./knock.ts";

type Spec = NonNullable<MachineRegistration["spec"]>;

export const victim = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
export const thief = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

/** The attestation key of every honest software machine, and one that none of them has. */
export const ak = softwareAk();
export const foreignAk = softwareAk({ key: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey });

/** The honest attempt of a machine. */
export function attemptOf(machine: SoftwareMachine): Required<Pick<Knock, "authorization" | "answer">> {
  return {
    authorization: `Bearer TPM${machine.document}`,
    answer: (challenge) => machine.answer(challenge),
  };
}

/** A machine that no other test knows. */
export function newMachine(): ReturnType<typeof attemptOf> {
  return attemptOf(softwareMachine(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey, ak));
}

export const asVictim = attemptOf(softwareMachine(victim, ak));
export const asThief = attemptOf(softwareMachine(thief, ak));
export const byMac: Knock = { authorization: "Bearer PLAINaa:bb:cc:dd:ee:ff" };

export const forTpms = (more: Spec = {}): Spec => ({
  ...more,
  config: { elemental: { registration: { auth: "tpm" } } },
});

/** An answer to a challenge by one who cannot open it. */
export const guess = () => Buffer.from(JSON.stringify({ Secret: randomBytes(32).toString("base64") }));
