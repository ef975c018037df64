import {
  apiVersion,
  conditionTypes,
  configMaps,
  findCondition,
  formatKey,
  type MachineRegistration,
  machineRegistrations,
  pods,
  reasons,
  type SeedImage,
  seedImages,
  services,
} from "@elemental/api";
import type { Outcome } from "@elemental/controller";
import { buildInputs } from "../build/inputs.ts";
import { childKey } from "../objects/metadata.ts";
import type { BuilderOptions } from "../options.ts";
import { deleteOwn, foreignChild } from "./children.ts";
import { podFailure, ready, resourcesCreated } from "./conditions.ts";
import type { CreateChild, Decision, SeedImageOperation } from "./decision.ts";
import { type ObservedSeedImage, registrationKey } from "./observe.ts";
import { outcomeOf } from "./outcome.ts";
import { reconcilePod } from "./reconcile-pod.ts";

const { seedImage } = reasons;

/** Decides about one SeedImage; resources-and-controllers 2.5. */
export function reconcileSeedImage(
  observed: ObservedSeedImage,
  now: Date,
  options: BuilderOptions,
): Outcome<SeedImage["status"], CreateChild> {
  const { image } = observed;
  if (image.metadata.deletionTimestamp) return {};
  if (image.spec?.retriggerBuild) return retrigger(observed, now);
  return outcomeOf(image, decide(observed, now, options), now);
}

function decide(observed: ObservedSeedImage, now: Date, options: BuilderOptions): Decision {
  const { image, registration, server } = observed;
  // Watched: the registration's next change is the next event.
  if (!registration) return { ready: registrationNotFound(image) };
  const owned = ensureRegistrationOwner(image, registration);
  if (isExpired(image)) return first(owned, removeServed(observed));
  const inputs = buildInputs(image, registration, server.caCert, options);
  if ("problem" in inputs) return first(owned, { ready: podFailure(inputs.problem) });
  return first(owned, reconcilePod(observed, inputs, { now, options }));
}

function first(operations: SeedImageOperation[], decision: Decision): Decision {
  return { ...decision, operations: [...operations, ...(decision.operations ?? [])] };
}

function registrationNotFound(image: SeedImage): Decision["ready"] {
  const key = registrationKey(image);
  const why =
    key.namespace === image.metadata.namespace
      ? `MachineRegistration ${formatKey(key)} not found`
      : `MachineRegistration ${formatKey(key)} is in another namespace`;
  return ready("False", seedImage.registrationNotFound, `failed to set seedimage owner: ${why}`);
}

/** Deleting the registration deletes its images. */
function ensureRegistrationOwner(image: SeedImage, registration: MachineRegistration): SeedImageOperation[] {
  const { uid = "", name } = registration.metadata;
  const { resourceVersion, ownerReferences = [] } = image.metadata;
  if (ownerReferences.some((reference) => reference.uid === uid)) return [];
  const owner = { apiVersion, kind: machineRegistrations.kind, name, uid };
  const body = { metadata: { resourceVersion, ownerReferences: [...ownerReferences, owner] } };
  return [{ kind: "patch", type: seedImages, key: childKey(image), patch: { type: "merge", body } }];
}

function isExpired({ status }: SeedImage): boolean {
  const condition = findCondition(status?.conditions, conditionTypes.seedImageReady);
  return condition?.status === "True" && condition.reason === seedImage.buildDeadline;
}

function removeServed({ image, pod, service }: ObservedSeedImage): Decision {
  return {
    operations: [...deleteOwn(pods, pod, image), ...deleteOwn(services, service, image)],
    ready: resourcesCreated,
    download: "expired",
  };
}

/**
 * Forgets the image and takes the order back, in this sequence: whatever fails in between is done again. The change of
 * the spec is the event that starts the new build.
 */
function retrigger(observed: ObservedSeedImage, now: Date): Outcome<SeedImage["status"], CreateChild> {
  const { image, pod, service, configMap } = observed;
  const taken = foreignChild("pod", pod, image) ?? foreignChild("service", service, image);
  if (taken) return outcomeOf(image, taken, now);
  const { resourceVersion } = image.metadata;
  const forgotten = { conditions: [], downloadToken: null, downloadURL: null, checksumURL: null, state: "Initialized" };
  const key = childKey(image);
  const clear = { metadata: { resourceVersion }, status: forgotten };
  const takeBack = { spec: { retriggerBuild: false } };
  return {
    operations: [
      { kind: "patchStatus", type: seedImages, key, patch: { type: "merge", body: clear } },
      ...deleteOwn(pods, pod, image),
      ...deleteOwn(services, service, image),
      ...deleteOwn(configMaps, configMap, image),
      { kind: "patch", type: seedImages, key, patch: { type: "merge", body: takeBack } },
    ],
  };
}
