import { ClientError, messageOf } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { removeHook, writeHook } from "./hook-directory.ts";

export interface ToolkitCall {
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  hook: string;
}

/** What the toolkit's exit statuses mean to a technician. */
const meanings: Readonly<Record<number, string>> = {
  31: "its run configuration is wrong",
  33: "its options are wrong, or the system is not in recovery mode",
  47: "there is no valid target device",
  54: "a mount failed",
  56: "partitioning failed",
  57: "a system is already installed",
  58: "it needs root",
};

/** Runs `elemental` once with the hook in place, and takes the hook away. Throws a ClientError `Toolkit`. */
export async function runToolkit(host: Host, { args, env, hook }: ToolkitCall): Promise<void> {
  writeHook(host, hook);
  let status: number;
  try {
    status = await host.attach("elemental", args, env);
  } catch (error) {
    throw new ClientError("Toolkit", `cannot run elemental: ${messageOf(error)}`, { cause: error });
  } finally {
    removeHook(host);
  }
  if (status === 0) return;
  const meaning = meanings[status];
  throw new ClientError(
    "Toolkit",
    `elemental ${args.join(" ")} ended with status ${status}${meaning ? `: ${meaning}` : ""}`,
  );
}
