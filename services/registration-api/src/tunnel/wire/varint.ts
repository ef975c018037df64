const CONTINUED = 0x80n;
const GROUP = 0x7fn;
const MAX_BYTES = 10;
const BITS = 64;

/** The bytes are no message of the tunnel; the session that they arrived in cannot go on. */
export class TunnelProtocolError extends Error {
  override readonly name = "TunnelProtocolError";
  readonly code = "TunnelProtocol";
}

/** A signed 64-bit integer in zig-zag variable-length encoding, 1 to 10 bytes (rancher-tunnel 3). */
export function encodeVarint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(BITS, (value << 1n) ^ (value >> 63n));
  while (rest >= CONTINUED) {
    bytes.push(Number((rest & GROUP) | CONTINUED));
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}

/** Reads the integer at `offset`; `next` is where what follows begins. Throws TunnelProtocolError when it is cut off or too long. */
export function decodeVarint(bytes: Uint8Array, offset: number): { value: bigint; next: number } {
  let zigzag = 0n;
  for (let index = 0; index < MAX_BYTES; index++) {
    const byte = bytes[offset + index];
    if (byte === undefined) throw new TunnelProtocolError("a number is cut off");
    zigzag |= (BigInt(byte) & GROUP) << BigInt(7 * index);
    if (byte >= Number(CONTINUED)) continue;
    if (zigzag >> BigInt(BITS) > 0n) break;
    return { value: BigInt.asIntN(BITS, (zigzag >> 1n) ^ -(zigzag & 1n)), next: offset + index + 1 };
  }
  throw new TunnelProtocolError("a number is longer than 64 bits");
}
