import { type ConditionInput, conditionTypes, reasons } from "@elemental/api";

const { seedImage } = reasons;
type Reason = (typeof seedImage)[keyof typeof seedImage];

export function seedImageReady(status: ConditionInput["status"], reason: Reason, message: string): ConditionInput {
  return { type: conditionTypes.seedImageReady, status, reason, message };
}

export function ready(status: ConditionInput["status"], reason: Reason, message: string): ConditionInput {
  return { type: conditionTypes.ready, status, reason, message };
}

export const resourcesCreated = ready("True", seedImage.resourcesCreated, "resources created successfully");

export const podFailure = (message: string) => ready("False", seedImage.podCreationFailure, message);

export const serviceFailure = (message: string) => ready("False", seedImage.serviceCreationFailure, message);

export const waitForOldPod = seedImageReady("False", seedImage.buildNotStarted, "wait old builder Pod termination");

export const buildStarted = seedImageReady("False", seedImage.buildOngoing, "seed image build started");

export const deadlineElapsed = seedImageReady("True", seedImage.buildDeadline, "seed image deadline elapsed");
