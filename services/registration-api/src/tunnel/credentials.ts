import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** How Rancher is dialled (rancher-tunnel 1). */
export interface TunnelCredentials {
  /** Where, with http or https as Rancher writes it. */
  url: string;
  token: string;
  /** PEM certificates beside the system's roots; empty when there are none. */
  ca: string;
}

/**
 * Reads the Secret that Rancher writes, mounted as a folder of files. Undefined while it has no URL or token, which is
 * how it begins. Rejects when a file is there but cannot be read.
 */
export async function readCredentials(folder: string): Promise<TunnelCredentials | undefined> {
  const [url = "", token = "", ca = ""] = await Promise.all(
    ["url", "token", "ca.crt"].map((key) => entry(folder, key)),
  );
  return url === "" || token === "" ? undefined : { url, token, ca };
}

export function sameCredentials(one: TunnelCredentials | undefined, other: TunnelCredentials | undefined): boolean {
  return one?.url === other?.url && one?.token === other?.token && one?.ca === other?.ca;
}

async function entry(folder: string, key: string): Promise<string> {
  try {
    return (await readFile(join(folder, key), "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
