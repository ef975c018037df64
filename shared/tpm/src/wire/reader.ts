import { MalformedStructure } from "../errors.ts";

/** Reads big-endian TPM structures; every method throws MalformedStructure when the bytes run out. */
export class Reader {
  readonly #bytes: Buffer;
  readonly #structure: string;
  #offset = 0;

  /** `structure` is the name used in error messages. */
  constructor(bytes: Buffer, structure: string) {
    this.#bytes = bytes;
    this.#structure = structure;
  }

  u8(): number {
    return this.bytes(1).readUInt8();
  }

  u16(): number {
    return this.bytes(2).readUInt16BE();
  }

  u32(): number {
    return this.bytes(4).readUInt32BE();
  }

  u64(): bigint {
    return this.bytes(8).readBigUInt64BE();
  }

  bytes(length: number): Buffer {
    if (length > this.#bytes.length - this.#offset) {
      throw new MalformedStructure(
        `${this.#structure} ends early: ${length} bytes expected at offset ${this.#offset}, it has ${this.#bytes.length} in all`,
      );
    }
    this.#offset += length;
    return this.#bytes.subarray(this.#offset - length, this.#offset);
  }

  /** A TPM2B: u16 length, then that many bytes. */
  sized(): Buffer {
    return this.bytes(this.u16());
  }

  rest(): Buffer {
    return this.bytes(this.#bytes.length - this.#offset);
  }

  /** Requires that everything was read. */
  end(): void {
    const left = this.#bytes.length - this.#offset;
    if (left > 0) throw new MalformedStructure(`${this.#structure} is followed by ${left} unexpected bytes`);
  }
}
