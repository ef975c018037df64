import { RawClient, type Told, tell } from "@elemental/registration-api/testing";
import type { AttackedSystem, Target } from "./system.ts";

export interface Knock {
  authorization: string;
  /** Answers the TPM challenge; absent for plain authentication. */
  answer?: (challenge: Buffer) => Uint8Array | Promise<Uint8Array>;
  told?: Told;
  /** Another path than the target's. */
  path?: string;
}

/** What a machine hears that registers: the answer to its request, the reason of a Close, or the answer to Get. */
export async function knock({ port }: AttackedSystem, target: Target, attempt: Knock): Promise<string> {
  const client = await RawClient.upgrade(port, attempt.path ?? target.path, attempt.authorization);
  const { status, body } = await client.answer();
  if (status !== 101) return `${status} ${body}`;
  if (attempt.answer) client.send(await attempt.answer(await client.message()));
  const ready = await client.frame();
  if (ready === undefined) return "closed without a word";
  if (ready.opcode === 8) return ready.payload.subarray(2).toString();
  client.send([5, 12]);
  await client.message();
  return tell(client, attempt.told);
}

/** The answer that ends with a code. */
export const refusedAs = (code: string) => new RegExp(`\\(${code}\\)\\s*$`);
