import { rootCertificates } from "node:tls";
import { certificatesOf } from "../config/ca.ts";
import { listNames, readText } from "../host/files.ts";
import type { Host } from "../host/host.ts";

/** Where distributions keep their bundle of trusted roots. */
const bundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

const directories = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

/**
 * The roots a server certificate may lead to: those of the system (SSL_CERT_FILE and SSL_CERT_DIR replace its places), or
 * where it has none those built into this program, plus the certificates of `caPem`.
 */
export function trustedRoots(host: Host, caPem: string): string[] {
  const system = systemRoots(host);
  return [...(system.length > 0 ? system : rootCertificates), ...certificatesOf(caPem)];
}

function systemRoots(host: Host): string[] {
  const { SSL_CERT_FILE: file, SSL_CERT_DIR: directory } = host.env;
  for (const path of file ? [file] : bundles) {
    const certificates = certificatesOf(readText(host, path) ?? "");
    if (certificates.length > 0) return certificates;
  }
  for (const path of directory ? directory.split(":") : directories) {
    const certificates = listNames(host, path).flatMap((name) =>
      certificatesOf(readText(host, `${path}/${name}`) ?? ""),
    );
    if (certificates.length > 0) return certificates;
  }
  return [];
}
