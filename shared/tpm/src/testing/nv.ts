import type { TpmDevice } from "../device/device.ts";
import { algorithm } from "../wire/constants.ts";
import { sized, u8, u16, u32 } from "../wire/writer.ts";

const owner = 0x40000001;
const nvDefineSpace = 0x12a;
const nvWrite = 0x137;
/** TPMA_NV: OWNERWRITE, AUTHREAD, OWNERREAD, NO_DA. */
const attributes = 0x2 | 0x40000 | 0x20000 | 0x2000000;
const passwordArea = Buffer.concat([u32(9), u32(0x40000009), sized(), u8(0), sized()]);

/** Makes an NV index that anyone may read, as a TPM's maker does. Throws when the TPM refuses. */
export async function defineNv(device: TpmDevice, index: number, data: Buffer): Promise<void> {
  const publicArea = Buffer.concat([u32(index), u16(algorithm.sha256), u32(attributes), sized(), u16(data.length)]);
  await run(device, nvDefineSpace, [u32(owner), passwordArea, sized(), sized(publicArea)]);
  await run(device, nvWrite, [u32(owner), u32(index), passwordArea, sized(data), u16(0)]);
}

async function run(device: TpmDevice, code: number, parts: Buffer[]): Promise<void> {
  const body = Buffer.concat(parts);
  const answer = await device.transmit(Buffer.concat([u16(0x8002), u32(10 + body.length), u32(code), body]));
  const result = answer.readUInt32BE(6);
  if (result !== 0) throw new Error(`TPM command 0x${code.toString(16)} failed: 0x${result.toString(16)}`);
}
