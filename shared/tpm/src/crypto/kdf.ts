import { createHash, createHmac } from "node:crypto";
import { u32 } from "../wire/writer.ts";

interface KdfInput {
  /** ASCII; its terminating zero byte is added here. */
  label: string;
  contextU?: Buffer;
  contextV?: Buffer;
  bits: number;
}

const digestLength = 32;

/** KDFa with SHA-256 (registration-protocol 2.8). */
export function kdfa(key: Buffer, input: KdfInput): Buffer {
  return counterMode(input.bits, (counter) =>
    createHmac("sha256", key)
      .update(Buffer.concat([u32(counter), context(input), u32(input.bits)]))
      .digest(),
  );
}

/** KDFe with SHA-256 (registration-protocol 2.8); `z` is the x-coordinate of the ECDH point. */
export function kdfe(z: Buffer, input: KdfInput): Buffer {
  return counterMode(input.bits, (counter) =>
    createHash("sha256")
      .update(Buffer.concat([u32(counter), z, context(input)]))
      .digest(),
  );
}

function context({ label, contextU = Buffer.alloc(0), contextV = Buffer.alloc(0) }: KdfInput): Buffer {
  return Buffer.concat([Buffer.from(`${label}\0`, "ascii"), contextU, contextV]);
}

function counterMode(bits: number, block: (counter: number) => Buffer): Buffer {
  const blocks = Array.from({ length: Math.ceil(bits / 8 / digestLength) }, (_, index) => block(index + 1));
  return Buffer.concat(blocks).subarray(0, bits / 8);
}
