import type { EkAlgorithm, SwtpmAddress, TpmSource } from "@elemental/tpm";
import { ClientError } from "../errors.ts";

/** Reads the address of a swtpm socket: a path, or host and port. Throws a ClientError `Usage`. */
export function parseTpmSocket(text: string): SwtpmAddress {
  const [, host, port] = /^\[?([^/\]]+)\]?:(\d{1,5})$/.exec(text) ?? [];
  if (host !== undefined) return { host, port: Number(port) };
  if (text.startsWith("/")) return { path: text };
  throw new ClientError("Usage", `TPM socket ${JSON.stringify(text)} is neither an absolute path nor host:port`);
}

/** The TPM of a registration, and which of its endorsement keys is the machine's identity. */
export interface Tpm {
  source: TpmSource;
  key: EkAlgorithm;
}

export interface TpmChoice {
  emulate: boolean;
  seed: bigint;
  /** Address of a swtpm, for tests and labs. */
  socket: string | undefined;
  /** `rsa` unless told. */
  key: string | undefined;
}

/** Which TPM a registration uses: the emulated one of `seed`, a swtpm, or the machine's device. Throws a ClientError `Usage`. */
export function chooseTpm({ emulate, seed, socket, key = "rsa" }: TpmChoice): Tpm {
  if (key !== "rsa" && key !== "ecc") {
    throw new ClientError("Usage", `TPM key ${JSON.stringify(key)}: want rsa or ecc`);
  }
  if (emulate) return { source: { kind: "emulated", seed }, key: "rsa" };
  return { source: socket ? { kind: "swtpm", address: parseTpmSocket(socket) } : { kind: "linux" }, key };
}
