import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { ClientError, messageOf } from "../errors.ts";
import type { Host } from "../host/host.ts";

/**
 * Runs `action` while no other process of this machine installs or resets it. What is held is an abstract socket, which
 * ends with the process however that ends. Throws a ClientError `Host` when another process holds it.
 */
export async function exclusively<T>(host: Host, action: () => Promise<T>): Promise<T> {
  const holder = createServer((stranger) => stranger.destroy());
  const machine = createHash("sha256").update(host.path("/")).digest("hex").slice(0, 16);
  try {
    holder.listen({ path: `\0elemental-register-${machine}` });
    await once(holder, "listening");
  } catch (error) {
    throw refused(error);
  }
  try {
    return await action();
  } finally {
    holder.close();
  }
}

function refused(error: unknown): ClientError {
  const held = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
  const message = held
    ? "another elemental-register is installing or resetting this machine: let it finish, see its journal"
    : `cannot make sure that nothing else installs this machine: ${messageOf(error)}`;
  return new ClientError("Host", message, { cause: error });
}
