import type { Flags } from "../command-line.ts";
import type { Lab } from "../environment/lab.ts";
import type { ServiceProcess } from "../environment/service.ts";

/** Starts the services that adoption is the work of, each in as many processes as --replicas says. */
export async function startControllers(
  lab: Lab,
  flags: Flags,
  env: Record<string, string> = {},
): Promise<ServiceProcess[]> {
  const concurrency = flags.count("concurrency");
  const settings = { SERVER_URL: "http://127.0.0.1", ...(concurrency && { CONCURRENCY: `${concurrency}` }), ...env };
  const replicas = Array.from({ length: flags.count("replicas") ?? 1 });
  const started = replicas.flatMap(() => [
    lab.start("inventory-controller", settings),
    lab.start("selector-controller", settings),
  ]);
  return Promise.all(started);
}
