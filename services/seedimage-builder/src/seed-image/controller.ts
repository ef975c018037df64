import {
  controllerOf,
  labels,
  type MachineRegistration,
  machineRegistrations,
  type ObjectKey,
  type Pod,
  pods,
  type SeedImage,
  seedImages,
  services,
} from "@elemental/api";
import type { Controller, Source } from "@elemental/controller";
import { isKubeError, type Kube, KubeError } from "@elemental/kube";
import type { Settings } from "@elemental/settings";
import type { BuilderOptions } from "../options.ts";
import type { CreateChild } from "./decision.ts";
import { ChildCreationError, statusOfFailure } from "./failure.ts";
import { type ObservedSeedImage, observeSeedImage } from "./observe.ts";
import { reconcileSeedImage } from "./reconcile.ts";

export const controllerName = "seed-image";

export interface SeedImageControllerDeps {
  kube: Kube;
  settings: Settings;
  options: BuilderOptions;
  /** The SeedImages that refer to a registration. */
  imagesOf(registration: MachineRegistration): ObjectKey[];
}

const podSource: Source<Pod> = {
  type: pods,
  // Every builder Pod has it; it keeps most other Pods of the cluster out of the cache.
  labelSelector: labels.appName,
  keysFor({ previous, current }) {
    const pod = current ?? previous;
    const owner = pod && controllerOf(pod);
    if (owner?.kind !== seedImages.kind) return [];
    return [{ namespace: pod?.metadata.namespace ?? "", name: owner.name }];
  },
};

/** Builds and serves the images that SeedImages ask for; resources-and-controllers 2.5. */
export function seedImageController(
  deps: SeedImageControllerDeps,
): Controller<SeedImage, ObservedSeedImage, CreateChild> {
  const { kube, settings, options } = deps;
  const registrationSource: Source<MachineRegistration> = {
    type: machineRegistrations,
    keysFor: ({ previous, current }) => {
      const registration = current ?? previous;
      return registration ? deps.imagesOf(registration) : [];
    },
  };
  return {
    name: controllerName,
    type: seedImages,
    sources: [podSource, registrationSource],
    observe: (image) => observeSeedImage(kube, image, settings.current()),
    reconcile: (observed, now) => reconcileSeedImage(observed, now, options),
    failed: statusOfFailure,
    perform: (action) => createChild(kube, action),
  };
}

/** One that exists was created a moment ago by another process: decide again with it. */
async function createChild(kube: Kube, action: CreateChild): Promise<void> {
  try {
    if (action.create === "Pod") await kube.create(pods, action.object);
    else await kube.create(services, action.object);
  } catch (cause) {
    if (!isKubeError(cause, "AlreadyExists")) throw new ChildCreationError(action.create, cause);
    throw new KubeError("Conflict", cause.message, { cause });
  }
}
