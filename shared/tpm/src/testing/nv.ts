import type { TpmDevice } from "../device/device.ts";
import { algorithm } from "../wire/constants.ts";
import { sized, u16, u32 } from "../wire/writer.ts";
import { runCommand } from "./command.ts";

const owner = 0x40000001;
const nvDefineSpace = 0x12a;
const nvWrite = 0x137;
/** TPMA_NV: OWNERWRITE, AUTHREAD, OWNERREAD, NO_DA. */
const attributes = 0x2 | 0x40000 | 0x20000 | 0x2000000;

/** Makes an NV index that anyone may read, as a TPM's maker does. Throws when the TPM refuses. */
export async function defineNv(device: TpmDevice, index: number, data: Buffer): Promise<void> {
  const publicArea = Buffer.concat([u32(index), u16(algorithm.sha256), u32(attributes), sized(), u16(data.length)]);
  await runCommand(device, nvDefineSpace, { handles: [owner], parameters: [sized(), sized(publicArea)] });
  await runCommand(device, nvWrite, { handles: [owner, index], parameters: [sized(data), u16(0)] });
}
