import type { TpmDevice } from "../device/device.ts";
import { algorithm } from "../wire/constants.ts";
import { u16, u32 } from "../wire/writer.ts";
import { runCommand } from "./command.ts";

const pcrExtend = 0x182;

/** Extends a PCR of the SHA-256 bank, as firmware does with what it starts. Throws when the TPM refuses. */
export function extendPcr(device: TpmDevice, pcr: number, digest: Buffer): Promise<void> {
  return runCommand(device, pcrExtend, { handles: [pcr], parameters: [u32(1), u16(algorithm.sha256), digest] });
}
