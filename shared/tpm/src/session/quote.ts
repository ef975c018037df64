import { digestOf, type Quote, type QuoteRequest } from "../attestation/quote.ts";
import type { TpmDevice } from "../device/device.ts";
import { TpmError } from "../errors.ts";
import { decodeAttest } from "../wire/attest.ts";
import { algorithm } from "../wire/constants.ts";
import { encodePcrSelection, readPcrSelection } from "../wire/pcr-selection.ts";
import { sized, u16 } from "../wire/writer.ts";
import { type Command, execute, passwordSession, wellFormed } from "./command.ts";

/** A PCR that is extended between reading and quoting makes another attempt necessary. */
const maxAttempts = 3;

/**
 * Lets a loaded attestation key sign the values of PCRs. Undefined when the TPM does not keep them in its SHA-256 bank.
 * Throws TpmError.
 */
export async function quotePcrs(device: TpmDevice, key: number, request: QuoteRequest): Promise<Quote | undefined> {
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const values = await readPcrs(device, request.pcrs);
    if (values === undefined) return undefined;
    const { attest, signature } = await quote(device, key, request);
    const digest = wellFormed({ name: "Quote" }, () => decodeAttest(attest)).quote?.pcrDigest;
    if (digest?.equals(digestOf(values, request.pcrs))) return { attest, signature, values };
  }
  throw new TpmError("UnexpectedAnswer", "the PCRs of the TPM change while they are read; try again");
}

async function quote(device: TpmDevice, key: number, { nonce, pcrs }: QuoteRequest) {
  const command: Command = {
    name: "Quote",
    handles: [key],
    authorizations: [passwordSession],
    parameters: [sized(nonce), u16(algorithm.rsassa), u16(algorithm.sha256), encodePcrSelection(pcrs)],
  };
  const { parameters } = await execute(device, command);
  return wellFormed(command, () => ({ attest: parameters.sized(), signature: parameters.rest() }));
}

/** The values of the PCRs; a TPM returns some of them at a time. Undefined when it does not have one of them. */
async function readPcrs(device: TpmDevice, pcrs: readonly number[]): Promise<Map<number, Buffer> | undefined> {
  const values = new Map<number, Buffer>();
  while (values.size < pcrs.length) {
    const missing = pcrs.filter((pcr) => !values.has(pcr));
    const command: Command = { name: "PCR_Read", parameters: [encodePcrSelection(missing)] };
    const { parameters } = await execute(device, command);
    const read = wellFormed(command, () => {
      parameters.u32();
      const selected = readPcrSelection(parameters);
      const count = parameters.u32();
      return selected.slice(0, count).map((pcr) => [pcr, parameters.sized()] as const);
    });
    if (read.length === 0) return undefined;
    for (const [pcr, value] of read) values.set(pcr, value);
  }
  return values;
}
