import { ClientError, messageOf } from "../errors.ts";
import type { Host } from "./host.ts";

/** Runs a program that has to succeed. Throws a ClientError `Host` with the last line it printed. */
export async function runChecked(host: Host, command: string, args: readonly string[]): Promise<void> {
  const result = await host.capture(command, args).catch((error: unknown) => {
    throw new ClientError("Host", `cannot run ${command}: ${messageOf(error)}`, { cause: error });
  });
  if (result.status === 0) return;
  const said = `${result.stdout}\n${result.stderr}`.trim().split("\n").at(-1) ?? "";
  const called = [command, ...args].join(" ");
  throw new ClientError("Host", `${called} ended with status ${result.status}${said && `: ${said}`}`);
}
