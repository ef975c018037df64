import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import type { Pki } from "@elemental/apiserver";
import type { StandaloneOptions } from "../options/standalone-options.ts";

export interface DoorTls {
  certificate: string;
  key: string;
  /** PEM that machines must trust beside their own roots; undefined for a certificate of the user's. */
  caCert: string | undefined;
}

/**
 * TLS of the registration endpoint: the user's certificate, else one of the embedded authority for the host of
 * `serverUrl`; undefined when `serverUrl` is http. Throws when a file of the user's cannot be read.
 */
export async function doorTls(options: StandaloneOptions, serverUrl: string, pki: Pki): Promise<DoorTls | undefined> {
  const url = new URL(serverUrl);
  if (url.protocol === "http:") return undefined;
  if (options.tls) {
    const [certificate, key] = await Promise.all([
      readFile(options.tls.certFile, "utf8"),
      readFile(options.tls.keyFile, "utf8"),
    ]);
    return { certificate, key, caCert: undefined };
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const hosts = [...new Set([host, options.listen.host, "localhost", "127.0.0.1", hostname()])];
  const { certificate, key } = await pki.authority.credential("registration", {
    commonName: "elemental-registration",
    hosts,
  });
  return { certificate, key, caCert: pki.authority.certificate };
}
