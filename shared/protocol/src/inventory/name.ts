import { ProtocolError } from "../errors.ts";
import type { JsonObject } from "../json/index.ts";
import { randomUuid, seededRandom } from "../template/random.ts";
import { resolveTemplate } from "../template/resolve.ts";
import { sanitiseName } from "./sanitise.ts";

/**
 * The name of a new inventory (registration-protocol 6.6): the registration's template, or `m-` and a UUID where there is
 * none or it cannot be resolved. What is random in it follows from `seed`. Throws `Malformed` for an unusable template.
 */
export function machineName(template: string | undefined, data: JsonObject, seed: string): string {
  const random = seededRandom(seed);
  const resolution = template ? resolveTemplate(template, data, random) : { outcome: "notFound" as const };
  if (resolution.outcome === "notFound") return `m-${randomUuid(random)}`;
  const name = resolution.outcome === "ok" ? sanitiseName(resolution.text) : "";
  if (name === "") throw new ProtocolError("Malformed", "invalid MachineInventory name", { refusal: "Misconfigured" });
  return name;
}
