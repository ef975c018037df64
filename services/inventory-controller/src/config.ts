import { readFile } from "node:fs/promises";
import { type CommonConfig, httpUrl, listenAddress } from "@elemental/service";
import type { ServerSettings } from "@elemental/settings";
import { z } from "zod";

const file = (description: string) => z.string().optional().describe(description);

/** The service's own settings, beside those of every service. */
export const configShape = {
  serverUrl: httpUrl()
    .optional()
    .describe("URL under which machines reach the door; Rancher's setting wins where there is one"),
  gatewayAddress: listenAddress()
    .prefault("127.0.0.1:8082")
    .describe("where the door reaches the agent gateway inside the cluster"),
  gatewayTokenFile: file(
    "file with the secret that the door and the agent gateway share; without it agents are not served",
  ),
  gatewayTlsCertFile: file(
    "PEM file with the certificate of the agent gateway; without it the gateway speaks plain HTTP",
  ),
  gatewayTlsKeyFile: file("PEM file with the key of GATEWAY_TLS_CERT_FILE"),
};

export type InventoryControllerConfig = z.infer<z.ZodObject<typeof configShape>> & CommonConfig;

/** What machines are told where Rancher does not say it; this service needs the URL only. */
export function ownServerSettings({ serverUrl }: InventoryControllerConfig): ServerSettings {
  return { serverUrl, caCert: undefined, strictTls: true };
}

export interface GatewaySecrets {
  token: string;
  tls: { cert: string; key: string } | undefined;
}

/** Reads the files of the gateway; undefined when there is no token. Rejects when a file is unreadable or half of a pair. */
export async function gatewaySecrets(config: InventoryControllerConfig): Promise<GatewaySecrets | undefined> {
  const { gatewayTokenFile, gatewayTlsCertFile, gatewayTlsKeyFile } = config;
  if (gatewayTokenFile === undefined) return undefined;
  const [text, cert, key] = await Promise.all([gatewayTokenFile, gatewayTlsCertFile, gatewayTlsKeyFile].map(contents));
  const token = text?.trim();
  if (!token) throw new Error("the file of GATEWAY_TOKEN_FILE is empty: put a random secret into it");
  if ((cert === undefined) !== (key === undefined)) {
    throw new Error("GATEWAY_TLS_CERT_FILE and GATEWAY_TLS_KEY_FILE must be set together");
  }
  return { token, tls: cert !== undefined && key !== undefined ? { cert, key } : undefined };
}

async function contents(path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : readFile(path, "utf8");
}
