import { reasons, type SeedImage } from "@elemental/api";
import { isKubeError } from "@elemental/kube";
import { podFailure, seedImageReady, serviceFailure } from "./conditions.ts";
import type { CreateChild } from "./decision.ts";
import { statusAfter } from "./outcome.ts";

/** A child could not be created. */
export class ChildCreationError extends Error {
  override readonly name = "ChildCreationError";
  readonly code = "ChildCreation";
  readonly child: CreateChild["create"];

  constructor(child: CreateChild["create"], cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.child = child;
  }
}

/** The status after a failed run. That the API server cannot be reached says nothing about the image. */
export function statusOfFailure(image: SeedImage, error: Error, now: Date): SeedImage["status"] {
  const { message } = error;
  if (error instanceof ChildCreationError && error.child === "Service") {
    return statusAfter(image, { ready: serviceFailure(message) }, now);
  }
  if (error instanceof ChildCreationError) {
    const notStarted = seedImageReady("False", reasons.seedImage.buildNotStarted, message);
    return statusAfter(image, { seedImageReady: notStarted, ready: podFailure(message), download: "none" }, now);
  }
  if (isKubeError(error, "Unavailable", "TooManyRequests", "Unauthorized", "Unknown")) return undefined;
  return statusAfter(image, { ready: podFailure(message) }, now);
}
