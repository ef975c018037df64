import type { TpmDevice } from "../device/device.ts";
import { sized, u8, u16, u32 } from "../wire/writer.ts";

/** An empty password, as the authorization area of a command. */
const passwordArea = Buffer.concat([u32(9), u32(0x40000009), sized(), u8(0), sized()]);

/** Runs a command that only tests need. Throws when the TPM refuses. */
export async function runCommand(
  device: TpmDevice,
  code: number,
  { handles, parameters }: { handles: number[]; parameters: Buffer[] },
): Promise<void> {
  const body = Buffer.concat([...handles.map(u32), passwordArea, ...parameters]);
  const answer = await device.transmit(Buffer.concat([u16(0x8002), u32(10 + body.length), u32(code), body]));
  const result = answer.readUInt32BE(6);
  if (result !== 0) throw new Error(`TPM command 0x${code.toString(16)} failed: 0x${result.toString(16)}`);
}
