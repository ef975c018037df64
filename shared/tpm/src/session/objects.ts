import type { TpmDevice } from "../device/device.ts";
import { TpmError } from "../errors.ts";
import { algorithm } from "../wire/constants.ts";
import { encodePublic, type TpmPublic } from "../wire/public.ts";
import type { Reader } from "../wire/reader.ts";
import { sized, u16, u32 } from "../wire/writer.ts";
import { type Command, execute, passwordSession, wellFormed } from "./command.ts";

/** TPM_RH. */
export const hierarchy = { owner: 0x40000001, endorsement: 0x4000000b } as const;

/** A loaded object. */
export interface LoadedObject {
  handle: number;
  /** TPMT_PUBLIC. */
  public: Buffer;
}

/** A key made by Create, not loaded yet, with what proves its creation. */
export interface CreatedKey {
  private: Buffer;
  public: Buffer;
  creationData: Buffer;
  creationHash: Buffer;
  /** TPMT_TK_CREATION. */
  creationTicket: Buffer;
}

const emptySensitive = sized(sized(), sized());
const noPcrs = u32(0);

function creationParameters(template: TpmPublic): Buffer[] {
  return [emptySensitive, sized(encodePublic(template)), sized(), noPcrs];
}

/** Makes a transient primary key; equal templates give equal keys. */
export async function createPrimary(device: TpmDevice, parent: number, template: TpmPublic): Promise<LoadedObject> {
  const command: Command = {
    name: "CreatePrimary",
    handles: [parent],
    authorizations: [passwordSession],
    parameters: creationParameters(template),
    returnsHandle: true,
  };
  const { handle, parameters } = await execute(device, command);
  return { handle, public: wellFormed(command, () => parameters.sized()) };
}

/** The public part of a persistent object; undefined when there is none at this handle. */
export async function readPublic(device: TpmDevice, handle: number): Promise<Buffer | undefined> {
  const command: Command = { name: "ReadPublic", handles: [handle] } as const;
  try {
    const { parameters } = await execute(device, command);
    return wellFormed(command, () => parameters.sized());
  } catch (error) {
    if (error instanceof TpmError && error.code === "CommandFailed") return undefined;
    throw error;
  }
}

/** Makes a key under a loaded storage key. */
export async function create(device: TpmDevice, parent: number, template: TpmPublic): Promise<CreatedKey> {
  const command: Command = {
    name: "Create",
    handles: [parent],
    authorizations: [passwordSession],
    parameters: creationParameters(template),
  };
  const { parameters } = await execute(device, command);
  return wellFormed(command, () => ({
    private: parameters.sized(),
    public: parameters.sized(),
    creationData: parameters.sized(),
    creationHash: parameters.sized(),
    creationTicket: readTicket(parameters),
  }));
}

function readTicket(reader: Reader): Buffer {
  return Buffer.concat([reader.bytes(2 + 4), sized(reader.sized())]);
}

/** Loads a created key and returns its handle. */
export async function load(device: TpmDevice, parent: number, key: CreatedKey): Promise<number> {
  const { handle } = await execute(device, {
    name: "Load",
    handles: [parent],
    authorizations: [passwordSession],
    parameters: [sized(key.private), sized(key.public)],
    returnsHandle: true,
  });
  return handle;
}

/** Lets a loaded signing key certify its own creation. */
export async function certifyCreation(
  device: TpmDevice,
  handle: number,
  key: CreatedKey,
): Promise<{ attestation: Buffer; signature: Buffer }> {
  const command: Command = {
    name: "CertifyCreation",
    handles: [handle, handle],
    authorizations: [passwordSession],
    parameters: [sized(), sized(key.creationHash), u16(algorithm.rsassa), u16(algorithm.sha256), key.creationTicket],
  };
  const { parameters } = await execute(device, command);
  return wellFormed(command, () => ({ attestation: parameters.sized(), signature: parameters.rest() }));
}

/** Frees a transient object or session. */
export async function flush(device: TpmDevice, handle: number): Promise<void> {
  await execute(device, { name: "FlushContext", parameters: [u32(handle)] });
}
