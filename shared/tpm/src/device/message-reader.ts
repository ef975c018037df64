import type { Socket } from "node:net";
import { TpmError } from "../errors.ts";
import { maxResponseLength } from "./device.ts";

/**
 * Cuts a stream into messages; `lengthOf` tells a message's length from its first bytes. Each call of the returned
 * function resolves with the next message, or rejects with TpmError when the peer ends first or sends nonsense.
 */
export function messageReader(
  socket: Socket,
  lengthOf: (received: Buffer) => number | undefined,
): () => Promise<Buffer> {
  let received: Buffer = Buffer.alloc(0);
  let failure: TpmError | undefined;
  let wake = () => {};
  const fail = (message: string, cause?: Error) => {
    failure ??= new TpmError("DeviceUnavailable", message, { cause });
    wake();
  };
  socket.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    wake();
  });
  socket.on("error", (cause) => fail("the connection to the TPM failed", cause));
  socket.on("close", () => fail("the TPM closed the connection"));
  return async () => {
    for (;;) {
      const length = lengthOf(received);
      if (length !== undefined && length > maxResponseLength) fail(`the TPM announced an answer of ${length} bytes`);
      if (failure !== undefined) throw failure;
      if (length !== undefined && received.length >= length) {
        const message = received.subarray(0, length);
        received = received.subarray(length);
        return message;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}
