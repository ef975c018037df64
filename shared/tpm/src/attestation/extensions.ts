import { derChildren, readDer } from "./der.ts";

/** An X.509 extension; `oid` and the values are in the hex of their DER contents. */
export interface CertificateExtension {
  oid: string;
  critical: boolean;
  value: Buffer;
}

const extensionsTag = 0xa3;
const booleanTag = 0x01;
const integerTag = 0x02;

/** Hex of the DER contents of the object identifiers we look for. */
export const oid = {
  keyUsage: "551d0f",
  subjectAltName: "551d11",
  basicConstraints: "551d13",
  certificatePolicies: "551d20",
  extendedKeyUsage: "551d25",
  anyExtendedKeyUsage: "551d2500",
  serverAuth: "2b06010505070301",
  /** tcg-kp-EKCertificate, 2.23.133.8.1. */
  tpmEndorsementKey: "6781050801",
} as const;

/** The extensions of a DER certificate; node:crypto does not tell which are critical. Throws MalformedStructure. */
export function certificateExtensions(der: Buffer): CertificateExtension[] {
  const [body] = derChildren(readDer(der).contents);
  const fields = body === undefined ? [] : derChildren(body.contents);
  const wrapper = fields.find(({ tag }) => tag === extensionsTag);
  return wrapper === undefined
    ? []
    : derChildren(readDer(wrapper.contents).contents).map(({ contents }) => extension(contents));
}

function extension(contents: Buffer): CertificateExtension {
  const fields = derChildren(contents);
  return {
    oid: fields[0]?.contents.toString("hex") ?? "",
    critical: fields.some(({ tag, contents }) => tag === booleanTag && contents[0] !== 0),
    value: fields.at(-1)?.contents ?? Buffer.alloc(0),
  };
}

/** The key purposes of an extendedKeyUsage value. Throws MalformedStructure. */
export function keyPurposes(value: Buffer): string[] {
  return derChildren(readDer(value).contents).map(({ contents }) => contents.toString("hex"));
}

/** The pathLenConstraint among the extensions of an authority; undefined when it has none. Throws MalformedStructure. */
export function pathLengthOf(extensions: readonly CertificateExtension[]): number | undefined {
  const constraints = extensions.find((extension) => extension.oid === oid.basicConstraints);
  if (constraints === undefined) return undefined;
  const limit = derChildren(readDer(constraints.value).contents).find(({ tag }) => tag === integerTag);
  return limit && Number(`0x${limit.contents.toString("hex") || "0"}`);
}
