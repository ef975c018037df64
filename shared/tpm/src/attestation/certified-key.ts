import { createPublicKey, type KeyObject, type X509Certificate } from "node:crypto";
import { MalformedStructure } from "../errors.ts";
import { type DerElement, derChildren, readDer } from "./der.ts";

/** DER of the algorithm `rsaEncryption`. */
const rsaEncryption = Buffer.from("300d06092a864886f70d0101010500", "hex");
/** Contents of the object identifier id-RSAES-OAEP, 1.2.840.113549.1.1.7. */
const oaep = Buffer.from("2a864886f70d010107", "hex");
const versionTag = 0xa0;
/** Fields of a certificate's body before the key: serial, signature algorithm, issuer, validity, subject. */
const fieldsBeforeKey = 5;

/**
 * The public key of a certificate. Some TPM makers name the key's algorithm RSAES-OAEP, which OpenSSL does not take as a
 * key type: such a key is read as the RSA key it is. Throws what OpenSSL throws, or MalformedStructure.
 */
export function certifiedKey(certificate: X509Certificate): KeyObject {
  const [algorithm, bits] = keyInfo(certificate.raw);
  const name = algorithm && derChildren(algorithm.contents)[0]?.contents;
  if (bits === undefined || name === undefined || !name.equals(oaep)) return certificate.publicKey;
  const body = Buffer.concat([rsaEncryption, bits.bytes]);
  const info = Buffer.concat([Buffer.from([0x30, 0x82, body.length >> 8, body.length & 0xff]), body]);
  return createPublicKey({ key: info, type: "spki", format: "der" });
}

/** Algorithm and key bits of the SubjectPublicKeyInfo. */
function keyInfo(der: Buffer): (DerElement & { bytes: Buffer })[] {
  const [body] = derChildren(readDer(der).contents);
  const fields = body === undefined ? [] : derChildren(body.contents);
  const info = fields[fieldsBeforeKey + (fields[0]?.tag === versionTag ? 1 : 0)];
  if (info === undefined) throw new MalformedStructure("certificate has no key");
  let rest = info.contents;
  return derChildren(info.contents).map((child) => {
    const bytes = rest.subarray(0, child.length);
    rest = rest.subarray(child.length);
    return { ...child, bytes };
  });
}
