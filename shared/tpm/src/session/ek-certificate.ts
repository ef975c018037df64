import { X509Certificate } from "node:crypto";
import { readDer } from "../attestation/der.ts";

const headerMarker = Buffer.from([0x10, 0x01, 0x00]);
const headerLength = 5;

/**
 * The certificate in an NV index (registration-protocol 2.10): after a five-byte header or bare, possibly padded.
 * Undefined when there is none that parses.
 */
export function parseNvCertificate(data: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(certificateBytes(data));
  } catch {
    return undefined;
  }
}

function certificateBytes(data: Buffer): Buffer {
  if (data.length > headerLength && data.subarray(0, headerMarker.length).equals(headerMarker)) {
    return data.subarray(headerLength, headerLength + data.readUInt16BE(headerMarker.length));
  }
  return data.subarray(0, readDer(data).length);
}

/** The certificates in the NV indices of a chain, which are one after the other in DER; what does not parse ends them. */
export function parseNvChain(data: Buffer): X509Certificate[] {
  const certificates: X509Certificate[] = [];
  try {
    for (let rest = data; rest.length > 0; rest = rest.subarray(readDer(rest).length)) {
      certificates.push(new X509Certificate(rest.subarray(0, readDer(rest).length)));
    }
  } catch {
    return certificates;
  }
  return certificates;
}
