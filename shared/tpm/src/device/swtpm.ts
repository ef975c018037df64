import { connect, type Socket } from "node:net";
import { TpmError } from "../errors.ts";
import { Reader } from "../wire/reader.ts";
import { u32 } from "../wire/writer.ts";
import type { TpmDevice } from "./device.ts";
import { messageReader } from "./message-reader.ts";

/** Where a swtpm listens: a unix socket, or a TCP port. */
export type SwtpmAddress = { path: string } | { host: string; port: number };

const cmdInit = 2;
const controlAnswerLength = 4;

/**
 * Connects to the data channel of `swtpm socket`. With `control`, that channel is told to initialise the TPM first,
 * which a swtpm started without `--flags not-need-init` waits for. Throws TpmError.
 */
export async function openSwtpm(address: SwtpmAddress, control?: SwtpmAddress): Promise<TpmDevice> {
  if (control !== undefined) await initialise(control);
  const socket = await connected(address);
  const receive = messageReader(socket, responseLength);
  return {
    transmit(command) {
      socket.write(command);
      return receive();
    },
    async close() {
      socket.destroy();
    },
  };
}

/** Total length of a TPM response from its header, undefined while that is incomplete. */
function responseLength(received: Buffer): number | undefined {
  return received.length < 6 ? undefined : received.readUInt32BE(2);
}

async function initialise(address: SwtpmAddress): Promise<void> {
  const socket = await connected(address);
  try {
    const receive = messageReader(socket, () => controlAnswerLength);
    socket.write(Buffer.concat([u32(cmdInit), u32(0)]));
    const result = new Reader(await receive(), "swtpm control answer").u32();
    if (result !== 0) throw new TpmError("DeviceUnavailable", `swtpm refused to initialise its TPM: error ${result}`);
  } finally {
    socket.destroy();
  }
}

function connected(address: SwtpmAddress): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    const refused = (cause: Error) =>
      reject(new TpmError("DeviceUnavailable", `no swtpm answers at ${text(address)}: is it running?`, { cause }));
    socket.once("error", refused);
    socket.once("connect", () => {
      socket.off("error", refused);
      resolve(socket);
    });
  });
}

function text(address: SwtpmAddress): string {
  return "path" in address ? address.path : `${address.host}:${address.port}`;
}
