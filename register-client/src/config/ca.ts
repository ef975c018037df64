import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { ClientError, messageOf } from "../errors.ts";
import { exists } from "../host/files.ts";
import type { Host } from "../host/host.ts";

const block = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** The certificates of a PEM text; text around them is ignored. */
export function certificatesOf(pem: string): string[] {
  return pem.match(block) ?? [];
}

/**
 * The PEM text of the `ca-cert` value, which is a path when such a file exists. Empty stays empty. Throws a ClientError
 * `Configuration` when there is no readable certificate in it.
 */
export function resolveCa(host: Host, value: string): string {
  if (value === "") return "";
  const pem = isPath(host, value) ? readPem(host, value) : value;
  const certificates = certificatesOf(pem);
  if (certificates.length === 0) throw new ClientError("Configuration", "no certificate in ca-cert");
  for (const certificate of certificates) {
    try {
      new X509Certificate(certificate);
    } catch (error) {
      throw new ClientError("Configuration", "a certificate in ca-cert is unreadable", { cause: error });
    }
  }
  return pem;
}

function isPath(host: Host, value: string): boolean {
  try {
    return !value.includes("\n") && exists(host, value);
  } catch {
    return false;
  }
}

function readPem(host: Host, path: string): string {
  try {
    return readFileSync(host.path(path), "utf8");
  } catch (error) {
    throw new ClientError("Configuration", `cannot read ca-cert ${path}: ${messageOf(error)}`, { cause: error });
  }
}
