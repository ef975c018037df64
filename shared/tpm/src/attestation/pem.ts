import { X509Certificate } from "node:crypto";
import { AttestationRefused } from "../errors.ts";
import { decodeBase64 } from "./base64.ts";

export interface PemBlock {
  type: string;
  der: Buffer;
}

/** The first block of a text, whatever surrounds it (registration-protocol 2.2). Throws AttestationRefused `EkNotPem`. */
export function firstPemBlock(text: string): PemBlock {
  const begin = /(?:^|\n)-----BEGIN ([^\n]{1,64}?)-----[ \t]*\r?\n/.exec(text);
  const type = begin?.[1] ?? "";
  const start = begin === null ? -1 : begin.index + begin[0].length;
  const end = start < 0 ? -1 : text.indexOf(`-----END ${type}-----`, start);
  const der = end < 0 ? undefined : decodeBase64(text.slice(start, end).replace(/[ \t]/g, ""));
  if (der === undefined) throw new AttestationRefused("EkNotPem", "EK is not a PEM text");
  return { type, der };
}

/** The certificates of a PEM text that can be read; others are left out. */
export function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}
