import { createPublicKey, type KeyObject } from "node:crypto";
import type { AttestationKeyMaterial } from "../attestation/document.ts";
import { answerChallenge } from "../emulation/answer.ts";
import { nameOf } from "../wire/public.ts";
import { softwareAk, softwareDocument } from "./software-ak.ts";

/** A machine whose endorsement key is at hand: its document, and its answers to challenges. */
export interface SoftwareMachine {
  document: string;
  answer(challenge: Uint8Array): Buffer;
}

/** A machine of the private endorsement key `ek` (RSA or P-256). Many machines may share one `ak`, which is costly to make. */
export function softwareMachine(ek: KeyObject, ak: AttestationKeyMaterial = softwareAk()): SoftwareMachine {
  const akName = nameOf(ak.public);
  return {
    document: softwareDocument(createPublicKey(ek), ak),
    answer: (challenge) => answerChallenge(ek, akName, Buffer.from(challenge)),
  };
}
