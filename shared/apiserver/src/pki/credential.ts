import { createPrivateKey, X509Certificate } from "node:crypto";

/** A certificate and its private key (PKCS #8), both PEM. */
export interface Credential {
  certificate: string;
  key: string;
}

/** Whether `key` is the private key of `certificate`; false as well when either cannot be parsed. */
export function belongTogether({ certificate, key }: Credential): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/** Whether less than `days` of the certificate's validity are left at `now`. */
export function isNearExpiry(certificate: string, days: number, now: Date): boolean {
  return new X509Certificate(certificate).validToDate.getTime() - now.getTime() < days * 86_400_000;
}
