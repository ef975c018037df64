import { gunzipSync } from "node:zlib";
import type { PlanStatus, Secret } from "@elemental/api";
import { currentChecksum, secretText } from "./plan-secret.ts";

/** What became of the plan that the Secret holds now. */
export type PlanProgress =
  | { state: "Applied"; checksum: string }
  | { state: "Failed"; checksum: string; details: string }
  | { state: "Waiting" };

/** The message of a failed plan ends with this; details come before it. */
export const planFailure = "failed to apply plan";

const maxOutput = 1024;
/** Outputs are compressed by the agent; one that unpacks to more is not shown. */
const maxUnpacked = 1024 * 1024;

/** Compares what the agent reported with the current plan (resources-and-controllers 2.2.4, hardening). */
export function planProgress(secret: Secret): PlanProgress {
  const checksum = currentChecksum(secret);
  if (secretText(secret, "applied-checksum") === checksum) return { state: "Applied", checksum };
  if (secretText(secret, "failed-checksum") !== checksum) return { state: "Waiting" };
  return { state: "Failed", checksum, details: failureDetails(secret) };
}

/** `status.plan` for a progress; the Secret's reference is kept. */
export function planStatus(progress: PlanProgress, namespace: string, name: string): PlanStatus {
  const secretRef = { namespace, name };
  return progress.state === "Waiting"
    ? { secretRef }
    : { secretRef, checksum: progress.checksum, state: progress.state };
}

/** A failed plan's condition message: how often it failed and the end of its output, as far as the agent told. */
export function planFailureMessage({ details }: { details: string }): string {
  return details === "" ? planFailure : `${details}: ${planFailure}`;
}

function failureDetails(secret: Secret): string {
  const count = Number.parseInt(secretText(secret, "failure-count"), 10);
  const output = failedOutput(secret);
  const attempts = count > 0 ? [`failed ${count} ${count === 1 ? "time" : "times"}`] : [];
  return [...attempts, ...(output === "" ? [] : [`output ends with ${JSON.stringify(output)}`])].join(", ");
}

/** The end of the outputs of a failed plan: gzip of a JSON map from name to base64 text. Empty when there are none. */
function failedOutput(secret: Secret): string {
  const packed = Buffer.from(secret.data?.["failed-output"] ?? "", "base64");
  if (packed.length === 0) return "";
  try {
    const outputs: unknown = JSON.parse(gunzipSync(packed, { maxOutputLength: maxUnpacked }).toString("utf8"));
    const texts = Object.values(outputs ?? {}).filter((value) => typeof value === "string");
    const last = Buffer.from(texts.at(-1) ?? "", "base64").toString("utf8");
    return last.trim().slice(-maxOutput);
  } catch {
    return "";
  }
}
