import { setTimeout as delay } from "node:timers/promises";
import { headerLength, type TpmDevice } from "../device/device.ts";
import { MalformedStructure, TpmError } from "../errors.ts";
import { Reader } from "../wire/reader.ts";
import { sized, u8, u16, u32 } from "../wire/writer.ts";
import { describeResponseCode, responseCode } from "./response-code.ts";

/** TPM_CC. */
export const commandCode = {
  CreatePrimary: 0x131,
  Startup: 0x144,
  ActivateCredential: 0x147,
  CertifyCreation: 0x14a,
  NV_Read: 0x14e,
  PolicySecret: 0x151,
  Create: 0x153,
  Load: 0x157,
  Quote: 0x158,
  FlushContext: 0x165,
  NV_ReadPublic: 0x169,
  ReadPublic: 0x173,
  StartAuthSession: 0x176,
  GetCapability: 0x17a,
  PCR_Read: 0x17e,
} as const;

export interface Command {
  name: keyof typeof commandCode;
  handles?: number[];
  /** Authorization of the first handles: passwordSession for an empty password, or a policy session. */
  authorizations?: number[];
  parameters?: Buffer[];
  /** Whether the response carries a handle before its parameters. */
  returnsHandle?: boolean;
}

export interface Response {
  /** 0 unless the command returns one. */
  handle: number;
  parameters: Reader;
}

/** TPM_RS_PW. */
export const passwordSession = 0x40000009;

const tagNoSessions = 0x8001;
const tagSessions = 0x8002;
const startupClear = 0;
const maxAttempts = 8;
const firstRetryMs = 20;
const busyCodes: readonly number[] = [responseCode.retry, responseCode.yielded, responseCode.testing];

/**
 * Runs one command. A busy TPM is asked again, up to about 5 s, and one that was not started is started. Throws TpmError:
 * `CommandFailed` with the response code, or `UnexpectedAnswer`.
 */
export async function execute(device: TpmDevice, command: Command): Promise<Response> {
  const bytes = encodeCommand(command);
  for (let attempt = 1; ; attempt += 1) {
    const response = await device.transmit(bytes);
    const code = wellFormed(command, () => codeOf(response));
    if (code === responseCode.success) return wellFormed(command, () => decodeResponse(response, command));
    if (code === responseCode.initialize && command.name !== "Startup" && attempt === 1) await startup(device);
    else if (busyCodes.includes(code) && attempt < maxAttempts) await delay(firstRetryMs * 2 ** attempt);
    else {
      const message = `the TPM answered ${command.name} with ${describeResponseCode(code)}`;
      throw new TpmError("CommandFailed", message, { responseCode: code });
    }
  }
}

/** Runs `decode` on an answer of the TPM; throws TpmError `UnexpectedAnswer` when it is malformed. */
export function wellFormed<T>(command: Pick<Command, "name">, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (!(cause instanceof MalformedStructure)) throw cause;
    throw new TpmError("UnexpectedAnswer", `the TPM's answer to ${command.name} is malformed: ${cause.message}`, {
      cause,
    });
  }
}

async function startup(device: TpmDevice): Promise<void> {
  await execute(device, { name: "Startup", parameters: [u16(startupClear)] });
}

function encodeCommand({ name, handles = [], authorizations = [], parameters = [] }: Command): Buffer {
  const body = [...handles.map(u32), ...authorizationArea(authorizations), ...parameters];
  const size = headerLength + body.reduce((sum, part) => sum + part.length, 0);
  const tag = authorizations.length === 0 ? tagNoSessions : tagSessions;
  return Buffer.concat([u16(tag), u32(size), u32(commandCode[name]), ...body]);
}

/** Every session has an empty nonce, no attributes (a policy session ends with the command) and an empty value. */
function authorizationArea(sessions: number[]): Buffer[] {
  if (sessions.length === 0) return [];
  const area = Buffer.concat(sessions.flatMap((session) => [u32(session), sized(), u8(0), sized()]));
  return [u32(area.length), area];
}

function codeOf(response: Buffer): number {
  const header = new Reader(response, "response header");
  header.bytes(6);
  return header.u32();
}

function decodeResponse(response: Buffer, { returnsHandle = false }: Command): Response {
  const reader = new Reader(response, "response");
  const tag = reader.u16();
  if (reader.u32() !== response.length) throw new MalformedStructure("response has another length than it says");
  reader.u32();
  const handle = returnsHandle ? reader.u32() : 0;
  if (tag !== tagSessions) return { handle, parameters: reader };
  return { handle, parameters: new Reader(reader.bytes(reader.u32()), "response parameters") };
}
