import { readdirSync, readFileSync } from "node:fs";
import type { NetworkConfig } from "@elemental/protocol";
import type { Host } from "../host/host.ts";
import { type YipFile, yipText } from "../install/yip.ts";
import { fillPlaceholders } from "./placeholders.ts";

export const connectionsDirectory = "/etc/NetworkManager/system-connections";

/** Connection files as the user wrote them, addresses filled in. Throws an Error that names the connection. */
export function writtenConnections({ config, ipAddresses }: NetworkConfig): YipFile[] {
  return Object.entries(config).map(([name, value]) => {
    if (name === "" || name === "." || name === ".." || name.includes("/")) {
      throw new Error(`${JSON.stringify(name)} is no connection name`);
    }
    if (typeof value === "object" && value !== null) throw new Error(`connection ${name} must be a text`);
    const content = fillPlaceholders(value === null ? "" : String(value), ipAddresses);
    return { path: `${connectionsDirectory}/${name}.nmconnection`, content };
  });
}

/** Names of the machine's connection files. Throws the system's error when there is no such directory. */
export function connectionNames(host: Host): string[] {
  return readdirSync(host.path(connectionsDirectory), { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith(".nmconnection"))
    .map(({ name }) => name)
    .sort();
}

/** The connection files that a configuration tool left on the machine. */
export function collectedConnections(host: Host): YipFile[] {
  return connectionNames(host).map((name) => {
    const path = `${connectionsDirectory}/${name}`;
    return { path, content: readFileSync(host.path(path), "utf8") };
  });
}

/** The document that puts the connections in place at every start. */
export function networkDocument(files: YipFile[]): string {
  const step = files.length === 0 ? {} : { files };
  return yipText({ name: "Apply network config", stages: { initramfs: [step] } });
}
