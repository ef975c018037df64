import { conditionTypes, findCondition, type Pod, pods, reasons, type SeedImage, services } from "@elemental/api";
import type { BuildInputs } from "../build/inputs.ts";
import { outputName } from "../build/output-name.ts";
import { outputNameKey } from "../objects/config-map.ts";
import { buildOf, pod as podOf } from "../objects/pod.ts";
import type { BuilderOptions } from "../options.ts";
import { deleteOwn, ensureConfigMap, ensurePodOwner, ensureService, foreignChild } from "./children.ts";
import {
  buildStarted,
  deadlineElapsed,
  podFailure,
  resourcesCreated,
  seedImageReady,
  waitForOldPod,
} from "./conditions.ts";
import type { Decision } from "./decision.ts";
import type { ObservedSeedImage } from "./observe.ts";
import { isServing, unfinished } from "./pod-state.ts";

const { seedImage } = reasons;
const lookAgainMs = 60_000;

/** What to do once it is known what to build: make the Pod, replace it, or read its state. */
export function reconcilePod(
  observed: ObservedSeedImage,
  inputs: BuildInputs,
  context: { now: Date; options: BuilderOptions },
): Decision {
  const { image, pod, configMap } = observed;
  const taken = foreignChild("configmap", configMap, image) ?? foreignChild("pod", pod, image);
  if (taken) return taken;
  if (!pod) return withService(observed, startBuild(observed, inputs, context));
  if (pod.metadata.deletionTimestamp) return withService(observed, { seedImageReady: waitForOldPod, download: "none" });
  if (isOutdated(observed, pod, inputs) || isLost(image, pod)) return withService(observed, replace(observed, pod));
  if (pod.status?.phase === "Succeeded") return expire(observed, pod);
  return withService(observed, follow(observed, pod, inputs));
}

function startBuild(
  { image, ...observed }: ObservedSeedImage,
  inputs: BuildInputs,
  { now, options }: { now: Date; options: BuilderOptions },
): Decision {
  const name = outputName(image.spec?.registrationRef?.name ?? "", image.spec?.type ?? "iso", now);
  const object = podOf(image, { hash: inputs.hash, outputName: name }, options);
  return {
    operations: [
      ...ensureConfigMap({ image, ...observed }, inputs, name),
      { kind: "external", action: { create: "Pod", object } },
    ],
    seedImageReady: buildStarted,
    download: "none",
  };
}

/** The new Pod has the old one's name, so it waits until that is gone; the Pod's deletion is the next event. */
function replace({ image }: ObservedSeedImage, pod: Pod): Decision {
  return { operations: deleteOwn(pods, pod, image), seedImageReady: waitForOldPod, download: "none" };
}

/** A Pod of the reference has no hash: as long as its base image is right it stays. */
function isOutdated({ image, configMap }: ObservedSeedImage, pod: Pod, inputs: BuildInputs): boolean {
  const build = buildOf(pod);
  if (build.hash === undefined) return build.baseImage !== (image.spec?.baseImage ?? "");
  const published = configMap?.data?.[outputNameKey];
  return build.hash !== inputs.hash || (published !== undefined && published !== build.outputName);
}

/** It served and broke; a Pod that failed to build is left alone until something changes. */
function isLost(image: SeedImage, pod: Pod): boolean {
  return pod.status?.phase === "Failed" && isAvailable(image);
}

function isAvailable({ status }: SeedImage): boolean {
  const condition = findCondition(status?.conditions, conditionTypes.seedImageReady);
  return condition?.status === "True" && condition.reason === seedImage.buildSuccess;
}

function expire({ image, service }: ObservedSeedImage, pod: Pod): Decision {
  return {
    operations: [...deleteOwn(pods, pod, image), ...deleteOwn(services, service, image)],
    seedImageReady: deadlineElapsed,
    ready: resourcesCreated,
    download: "expired",
  };
}

function follow(observed: ObservedSeedImage, pod: Pod, inputs: BuildInputs): Decision {
  const name = buildOf(pod).outputName ?? observed.configMap?.data?.[outputNameKey];
  if (name === undefined) return replace(observed, pod);
  const operations = [...ensureConfigMap(observed, inputs, name), ...ensurePodOwner(observed, pod)];
  if (isServing(pod)) return { operations, ...publish(observed, name) };
  // A served image whose Pod is not ready, or whose node is out of sight, for a while keeps its URL.
  if (isAvailable(observed.image)) return { operations };
  return { operations, seedImageReady: unfinished(pod), download: "none" };
}

/** The token stays as long as the image does; the URL follows the server's. */
function publish({ image, server, freshToken }: ObservedSeedImage, name: string): Decision {
  if (!server.serverUrl) {
    const problem = "failed to get the server url: server-url is not set";
    return {
      seedImageReady: seedImageReady("False", seedImage.exposeFailure, problem),
      ready: podFailure(problem),
      requeueAfterMs: lookAgainMs,
    };
  }
  const downloadToken = (isAvailable(image) && image.status?.downloadToken) || freshToken;
  const base = /^https?:\/\//.test(server.serverUrl) ? server.serverUrl : `https://${server.serverUrl}`;
  const downloadURL = `${base}/elemental/seedimage/${downloadToken}/${name}`;
  return {
    seedImageReady: seedImageReady("True", seedImage.buildSuccess, "seed image iso available"),
    download: { downloadToken, downloadURL, checksumURL: `${downloadURL}.sha256` },
  };
}

/** The Service comes last: a foreign one does not keep the image from being built. */
function withService(observed: ObservedSeedImage, decision: Decision): Decision {
  const taken = foreignChild("service", observed.service, observed.image);
  if (taken) return { ...decision, ...taken };
  const operations = [...(decision.operations ?? []), ...ensureService(observed)];
  return { ready: resourcesCreated, ...decision, operations };
}
