import { decodeMessage } from "./descriptor.ts";
import { protobufKinds } from "./kinds.ts";
import { MalformedProtobuf } from "./wire.ts";

export const protobufMediaType = "application/vnd.kubernetes.protobuf";

/** Before every object in Kubernetes' protobuf form: `k8s` and a zero byte. */
const magic = Buffer.from("6b387300", "hex");

interface Envelope {
  typeMeta?: { apiVersion?: string; kind?: string };
  raw?: string;
}

/**
 * Turns an object in Kubernetes' protobuf form into its JSON form. Undefined for a kind that is not known in this form;
 * throws MalformedProtobuf for bytes that are no such object.
 */
export function decodeProtobuf(bytes: Uint8Array): Record<string, unknown> | undefined {
  if (!magic.equals(bytes.subarray(0, magic.length))) {
    throw new MalformedProtobuf(
      "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]",
    );
  }
  const { typeMeta, raw }: Envelope = decodeMessage(bytes.subarray(magic.length), {
    1: ["typeMeta", { message: { 1: ["apiVersion", "string"], 2: ["kind", "string"] } }],
    2: ["raw", "bytes"],
  });
  const { apiVersion = "", kind = "" } = typeMeta ?? {};
  const descriptor = protobufKinds[`${apiVersion}/${kind}`];
  return descriptor && { apiVersion, kind, ...decodeMessage(Buffer.from(raw ?? "", "base64"), descriptor) };
}
