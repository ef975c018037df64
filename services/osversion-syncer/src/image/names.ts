import { createHash } from "node:crypto";

const maxLength = 63;

/** Joins parts with `-`; what exceeds 63 characters is cut and made unique by a digest. resources-and-controllers 2.8.1. */
export function safeConcatName(...parts: string[]): string {
  const joined = parts.join("-");
  if (joined.length <= maxLength) return joined;
  const digest = sha256(joined);
  // A digest must not follow a second separator.
  const keepsLast = /[a-z0-9]/.test(joined.charAt(56));
  return keepsLast ? `${joined.slice(0, 57)}-${digest.slice(0, 5)}` : `${joined.slice(0, 56)}-${digest.slice(0, 6)}`;
}

/** Name of the Bundle of a ManagedOSImage. */
export function bundleName(imageName: string): string {
  return safeConcatName("mos", imageName);
}

/** Name of what the Bundle puts into each cluster: a DNS label. */
export function upgraderName(imageName: string): string {
  return safeConcatName("os-upgrader", imageName)
    .replace(/[^A-Za-z0-9\- ]+/g, "-")
    .replace(/^-/, "")
    .replace(/-$/, "");
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
