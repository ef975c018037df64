import { readFile } from "node:fs/promises";
import {
  type CommonConfig,
  flag,
  httpUrl,
  integer,
  listenAddress,
  proxyShape,
  proxyVariables,
} from "@elemental/service";
import type { ServerSettings } from "@elemental/settings";
import { z } from "zod";
import type { TlsOptions } from "./http/serve.ts";
import type { DoorOptions } from "./start.ts";

const file = (description: string) => z.string().optional().describe(description);

/** The door's own settings, beside those of every service. */
export const doorConfig = {
  listenAddress: listenAddress().prefault("0.0.0.0:8080").describe("where machines are served"),
  tlsCertFile: file("PEM file with the certificate to serve with; without it the door speaks plain HTTP"),
  tlsKeyFile: file("PEM file with the key of TLS_CERT_FILE"),
  serverUrl: httpUrl()
    .optional()
    .describe("URL under which machines reach the door; Rancher's setting wins where there is one"),
  caFile: file("PEM file with the authority that machines trust for SERVER_URL; Rancher's setting wins"),
  tlsMode: z
    .enum(["strict", "system-store"], { error: "must be strict or system-store" })
    .default("strict")
    .describe("whether agents trust CA_FILE only, or their system's roots too; Rancher's setting wins"),
  agentGatewayUrl: httpUrl().optional().describe("where the inventory-controller serves agents inside the cluster"),
  agentGatewayTokenFile: file("file with the secret that the door and the agent gateway share"),
  agentGatewayCaFile: file("PEM file with the authority of the gateway's certificate"),
  trustedProxies: z
    .string()
    .default("")
    .describe(
      "addresses and CIDR ranges, with commas, of proxies whose X-Forwarded-For is believed; loopback always is",
    ),
  maxConnections: integer(1, 1_000_000)
    .prefault("20000")
    .describe("open connections, further ones are closed at once; fewer where the limit of open files is lower"),
  maxConnectionsPerAddress: integer(1, 1_000_000)
    .prefault("5000")
    .describe("open connections from one address; those of trusted proxies are not counted"),
  maxConversations: integer(1, 1_000_000)
    .prefault("2000")
    .describe("registrations at once; others are told to come back"),
  maxConversationsPerAddress: integer(1, 1_000_000).prefault("1000").describe("registrations at once from one address"),
  requestsPerSecond: integer(1, 1_000_000)
    .prefault("100")
    .describe("registration requests per second from one address"),
  tunnelSecretDirectory: z
    .string()
    .optional()
    .describe(
      "folder with the Secret that Rancher writes for its tunnel (url, token, ca.crt); without it no tunnel is opened",
    ),
  ...proxyShape("the tunnel"),
  allowAnyAuth: flag()
    .prefault("false")
    .describe("let machines register by another method than their registration asks for"),
  allowOtherNamespace: flag()
    .prefault("false")
    .describe("let a machine register whose MachineInventory is in another namespace"),
};

export type DoorConfig = z.infer<z.ZodObject<typeof doorConfig>> & CommonConfig;

/** What machines are told where Rancher does not say it. Rejects when a file cannot be read. */
export async function ownServerSettings({ serverUrl, caFile, tlsMode }: DoorConfig): Promise<ServerSettings> {
  return { serverUrl, caCert: await contents(caFile), strictTls: tlsMode === "strict" };
}

/** Certificate and key to serve with; undefined for plain HTTP. Rejects when one file is missing or unreadable. */
export async function tlsOptions({ tlsCertFile, tlsKeyFile }: DoorConfig): Promise<TlsOptions | undefined> {
  const [cert, key] = await Promise.all([contents(tlsCertFile), contents(tlsKeyFile)]);
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new Error("TLS_CERT_FILE and TLS_KEY_FILE must be set together");
  return { cert, key };
}

/** How the tunnel to Rancher is opened; undefined where there is none. */
export function tunnelOptions(config: DoorConfig): DoorOptions["tunnel"] {
  const { tunnelSecretDirectory: folder } = config;
  return folder === undefined ? undefined : { folder, proxies: proxyVariables(config) };
}

/** The text of a file; undefined where none is named. */
export async function contents(path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : readFile(path, "utf8");
}
