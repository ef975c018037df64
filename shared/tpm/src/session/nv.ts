import type { TpmDevice } from "../device/device.ts";
import { TpmError } from "../errors.ts";
import { u16, u32 } from "../wire/writer.ts";
import { type Command, execute, passwordSession, wellFormed } from "./command.ts";

const capTpmProperties = 6;
const propertyNvBufferMax = 0x12c;
/** Every TPM 2.0 reads at least this much at once. */
const smallestNvBuffer = 512;

/**
 * The data of an NV index, read with the authorization of `authorization` (the index itself or a hierarchy) and an empty
 * password; undefined when it does not exist or may not be read.
 */
export async function readNv(
  device: TpmDevice,
  index: number,
  authorization: number = index,
): Promise<Buffer | undefined> {
  try {
    return await readBlocks(device, index, authorization);
  } catch (error) {
    if (error instanceof TpmError && error.code !== "DeviceUnavailable") return undefined;
    throw error;
  }
}

async function readBlocks(device: TpmDevice, index: number, authorization: number): Promise<Buffer> {
  const size = await nvSize(device, index);
  const blockSize = await nvBufferMax(device);
  const blocks: Buffer[] = [];
  for (let offset = 0; offset < size; offset += blockSize) {
    const command: Command = {
      name: "NV_Read",
      handles: [authorization, index],
      authorizations: [passwordSession],
      parameters: [u16(Math.min(blockSize, size - offset)), u16(offset)],
    };
    const { parameters } = await execute(device, command);
    blocks.push(wellFormed(command, () => parameters.sized()));
  }
  return Buffer.concat(blocks);
}

async function nvSize(device: TpmDevice, index: number): Promise<number> {
  const command: Command = { name: "NV_ReadPublic", handles: [index] } as const;
  const { parameters } = await execute(device, command);
  return wellFormed(command, () => {
    parameters.bytes(2 + 4 + 2 + 4);
    parameters.sized();
    return parameters.u16();
  });
}

async function nvBufferMax(device: TpmDevice): Promise<number> {
  const command: Command = {
    name: "GetCapability",
    parameters: [u32(capTpmProperties), u32(propertyNvBufferMax), u32(1)],
  };
  const { parameters } = await execute(device, command);
  return wellFormed(command, () => {
    parameters.bytes(1 + 4);
    const found = parameters.u32() > 0 && parameters.u32() === propertyNvBufferMax;
    return found ? Math.max(parameters.u32(), 1) : smallestNvBuffer;
  });
}
