import type { Challenge } from "../attestation/challenge.ts";
import type { TpmDevice } from "../device/device.ts";
import { algorithm } from "../wire/constants.ts";
import { sized, u8, u16, u32 } from "../wire/writer.ts";
import { type Command, execute, passwordSession, wellFormed } from "./command.ts";
import { flush, hierarchy } from "./objects.ts";

/** TPM_RH_NULL: the session is neither salted nor bound. */
const nullHandle = 0x40000007;
const policySession = 1;
const callerNonce = Buffer.alloc(16);
const noExpiration = 0;

/** Lets the TPM open a challenge made for these two loaded keys (registration-protocol 2.9, step 4). Throws TpmError. */
export async function activateCredential(
  device: TpmDevice,
  keys: { attestationKey: number; endorsementKey: number },
  challenge: Challenge,
): Promise<Buffer> {
  const session = await endorsementSession(device);
  const command: Command = {
    name: "ActivateCredential",
    handles: [keys.attestationKey, keys.endorsementKey],
    authorizations: [passwordSession, session],
    parameters: [challenge.credential, challenge.encryptedSecret],
  };
  try {
    const { parameters } = await execute(device, command);
    return wellFormed(command, () => parameters.sized());
  } catch (error) {
    await flush(device, session).catch(() => {});
    throw error;
  }
}

/** A policy session that satisfies the policy of the endorsement key. */
async function endorsementSession(device: TpmDevice): Promise<number> {
  const { handle } = await execute(device, {
    name: "StartAuthSession",
    handles: [nullHandle, nullHandle],
    parameters: [sized(callerNonce), sized(), u8(policySession), u16(algorithm.null), u16(algorithm.sha256)],
    returnsHandle: true,
  });
  try {
    await execute(device, {
      name: "PolicySecret",
      handles: [hierarchy.endorsement, handle],
      authorizations: [passwordSession],
      parameters: [sized(), sized(), sized(), u32(noExpiration)],
    });
  } catch (error) {
    await flush(device, handle).catch(() => {});
    throw error;
  }
  return handle;
}
