import { createServer } from "node:net";
import { hostAddress } from "@elemental/test/vm";
import type { StandaloneOptions } from "../../options/standalone-options.ts";

const loopback = "127.0.0.1";

/**
 * The options with which virtual machines reach a server that listens at this machine's loopback address. What the user
 * decided otherwise stays.
 */
export async function reachableByGuests(options: StandaloneOptions): Promise<StandaloneOptions> {
  const { listen, serverUrl } = options;
  if (serverUrl !== undefined || listen.host !== loopback) return options;
  const port = listen.port || (await freePort());
  return { ...options, listen: { host: loopback, port }, serverUrl: `https://${hostAddress}:${port}` };
}

/** A URL given to virtual machines, for a request from this machine. */
export function fromHere(url: string): string {
  return url.replace(`//${hostAddress}:`, `//${loopback}:`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, loopback, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });
}
