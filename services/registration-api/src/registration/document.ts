import type { MachineRegistration } from "@elemental/api";
import { encodeRegistration } from "@elemental/protocol";
import type { Answer } from "../http/answer.ts";
import { Refusal } from "../refusal.ts";

/** The answer to a plain request of the registration URL (registration-protocol 1.4). Throws a Refusal. */
export function documentAnswer(
  registration: MachineRegistration,
  method: string | undefined,
  caCert: string | undefined,
): Answer {
  if (method !== "GET" && method !== "HEAD") {
    return { status: 405, body: "Method Not Allowed\n", headers: { Allow: "GET, HEAD" } };
  }
  if (!registration.status?.registrationURL) {
    throw new Refusal("Unavailable", "registration URL is not set", { retryAfterSeconds: 5 });
  }
  return { status: 200, body: encodeRegistration(registration, caCert) };
}
