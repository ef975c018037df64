import type { Attestor } from "./attestor.ts";
import { openLinuxTpm } from "./device/linux.ts";
import { openSwtpm, type SwtpmAddress } from "./device/swtpm.ts";
import { emulatedAttestor } from "./emulation/emulated-attestor.ts";
import { deviceAttestor } from "./session/device-attestor.ts";
import type { EkAlgorithm } from "./session/endorsement-key.ts";

/** Which TPM to use. `control` is swtpm's control channel, for a swtpm that waits to be initialised. */
export type TpmSource =
  | { kind: "linux" }
  | { kind: "swtpm"; address: SwtpmAddress; control?: SwtpmAddress }
  | { kind: "emulated"; seed: bigint };

/** Opens a TPM. `ek` chooses the endorsement key, RSA unless told; an emulated TPM has RSA alone. Throws TpmError. */
export async function openAttestor(source: TpmSource, ek: EkAlgorithm = "rsa"): Promise<Attestor> {
  switch (source.kind) {
    case "linux":
      return deviceAttestor(await openLinuxTpm(), ek);
    case "swtpm":
      return deviceAttestor(await openSwtpm(source.address, source.control), ek);
    case "emulated":
      return emulatedAttestor(source.seed);
  }
}
