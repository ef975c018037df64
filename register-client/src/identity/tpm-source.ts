import type { SwtpmAddress, TpmSource } from "@elemental/tpm";
import { ClientError } from "../errors.ts";

/** Reads the address of a swtpm socket: a path, or host and port. Throws a ClientError `Usage`. */
export function parseTpmSocket(text: string): SwtpmAddress {
  const [, host, port] = /^\[?([^/\]]+)\]?:(\d{1,5})$/.exec(text) ?? [];
  if (host !== undefined) return { host, port: Number(port) };
  if (text.startsWith("/")) return { path: text };
  throw new ClientError("Usage", `TPM socket ${JSON.stringify(text)} is neither an absolute path nor host:port`);
}

/** Which TPM a registration uses: the emulated one of `seed`, a swtpm for tests and labs, or the machine's device. */
export function tpmSource(emulate: boolean, seed: bigint, socket: string | undefined): TpmSource {
  if (emulate) return { kind: "emulated", seed };
  return socket ? { kind: "swtpm", address: parseTpmSocket(socket) } : { kind: "linux" };
}
