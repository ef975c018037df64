import type { Registration } from "../config/types.ts";
import type { Host } from "../host/host.ts";
import { readOsRelease } from "../host/os-release.ts";
import { build } from "../version.ts";

/** What the machine says about itself besides its data (registration-protocol 5.6). */
export function annotationsOf(
  host: Host,
  registration: Registration,
  localAddress: string | undefined,
): Record<string, string> {
  return {
    "reg-version": build.version,
    auth: registration["emulate-tpm"] ? "emulated-tpm" : registration.auth,
    ...(registration["no-toolkit"] ? { "os.unmanaged": "true" } : {}),
    ...(localAddress === undefined ? {} : { "registration-ip": localAddress }),
    ...readOsRelease(host),
  };
}
