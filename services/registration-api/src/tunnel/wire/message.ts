import { decodeVarint, encodeVarint, TunnelProtocolError } from "./varint.ts";

/** Types of messages (rancher-tunnel 3); 4 and 5 concern servers among themselves. */
export const messageType = {
  data: 1,
  connect: 2,
  error: 3,
  pause: 6,
  resume: 7,
  syncConnections: 8,
} as const;

export interface Message {
  /** Counts messages; means nothing to who reads it. */
  id: bigint;
  /** Number of the connection within its session. */
  connection: number;
  type: number;
  body: Buffer;
}

/** Written into messages that have a deadline, in milliseconds; who reads it ignores it. */
const DEADLINE = encodeVarint(15_000n);

const hasDeadline = (type: number) => type === messageType.data || type === messageType.connect;

export function encodeMessage({ id, connection, type, body }: Message): Buffer {
  const head = [...encodeVarint(id), ...encodeVarint(BigInt(connection)), ...encodeVarint(BigInt(type))];
  if (hasDeadline(type)) head.push(...DEADLINE);
  return Buffer.concat([Buffer.from(head), body]);
}

/** The body shares the memory of `bytes`. Throws TunnelProtocolError. */
export function decodeMessage(bytes: Buffer): Message {
  const id = decodeVarint(bytes, 0);
  const connection = decodeVarint(bytes, id.next);
  const type = decodeVarint(bytes, connection.next);
  const end = hasDeadline(Number(type.value)) ? decodeVarint(bytes, type.next).next : type.next;
  if (!Number.isSafeInteger(Number(connection.value)))
    throw new TunnelProtocolError("a connection number is too large");
  return {
    id: id.value,
    connection: Number(connection.value),
    type: Number(type.value),
    body: bytes.subarray(end),
  };
}

/** Numbers of connections, each in 8 bytes, as a server compares them with its own. */
export function encodeConnections(numbers: Iterable<number>): Buffer {
  const ascending = [...numbers].sort((one, other) => one - other);
  const body = Buffer.alloc(8 * ascending.length);
  ascending.forEach((number, index) => {
    body.writeBigInt64LE(BigInt(number), 8 * index);
  });
  return body;
}
