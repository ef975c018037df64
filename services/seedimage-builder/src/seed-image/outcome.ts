import {
  type Condition,
  type ConditionInput,
  conditionTypes,
  findCondition,
  reasons,
  type SeedImage,
  type SeedImageState,
  setCondition,
} from "@elemental/api";
import type { Outcome } from "@elemental/controller";
import type { EventInput } from "@elemental/kube";
import type { CreateChild, Decision, SeedImageStatus } from "./decision.ts";

const { seedImage } = reasons;

const stateOfReason: Record<string, SeedImageState> = {
  [seedImage.buildOngoing]: "Started",
  [seedImage.buildSuccess]: "Completed",
  [seedImage.buildFailure]: "Failed",
  [seedImage.exposeFailure]: "Failed",
  [seedImage.buildNotStarted]: "NotStarted",
  [seedImage.buildDeadline]: "NotStarted",
};

/** Turns a decision into the whole desired status, and a change of the build's state into an Event. */
export function outcomeOf(image: SeedImage, decision: Decision, now: Date): Outcome<SeedImage["status"], CreateChild> {
  const { operations, error, requeueAfterMs } = decision;
  return {
    status: statusAfter(image, decision, now),
    events: eventsOf(image, decision.seedImageReady),
    ...(operations && { operations }),
    ...(error && { error }),
    ...(requeueAfterMs !== undefined && { requeueAfterMs }),
  };
}

export function statusAfter(image: SeedImage, decision: Decision, now: Date): SeedImageStatus {
  const context = { now, generation: image.metadata.generation };
  let conditions: Condition[] = image.status?.conditions ?? [];
  for (const input of [decision.seedImageReady, decision.ready]) {
    if (input) conditions = setCondition(conditions, input, context);
  }
  const build = findCondition(conditions, conditionTypes.seedImageReady);
  const state = build ? stateOfReason[build.reason] : "Initialized";
  return { ...downloadAfter(image, decision.download), conditions, ...(state && { state }) };
}

function downloadAfter({ status }: SeedImage, download: Decision["download"]): Omit<SeedImageStatus, "conditions"> {
  const { downloadToken, downloadURL, checksumURL } = status ?? {};
  if (download === "none") return {};
  if (download === "expired") return { ...(downloadToken && { downloadToken }) };
  if (download) return download;
  return {
    ...(downloadToken && { downloadToken }),
    ...(downloadURL && { downloadURL }),
    ...(checksumURL && { checksumURL }),
  };
}

const troubles: readonly string[] = [seedImage.buildFailure, seedImage.exposeFailure, seedImage.buildUnknown];

function eventsOf({ status }: SeedImage, next: ConditionInput | undefined): EventInput[] {
  const previous = findCondition(status?.conditions, conditionTypes.seedImageReady);
  if (!next || next.reason === previous?.reason) return [];
  const type = troubles.includes(next.reason) ? "Warning" : "Normal";
  return [{ type, reason: next.reason, message: next.message ?? "" }];
}
