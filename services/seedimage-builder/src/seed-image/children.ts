import {
  type ConfigMap,
  configMaps,
  type KubeObject,
  type Pod,
  pods,
  type ResourceType,
  type SeedImage,
  services,
} from "@elemental/api";
import { diffMergePatch } from "@elemental/kube";
import type { BuildInputs } from "../build/inputs.ts";
import { configMap, sameContent } from "../objects/config-map.ts";
import { childKey } from "../objects/metadata.ts";
import { ownerReference, ownershipOf } from "../objects/ownership.ts";
import { leadsToPod, service } from "../objects/service.ts";
import { podFailure, serviceFailure } from "./conditions.ts";
import type { Decision, SeedImageOperation } from "./decision.ts";
import type { ObservedSeedImage } from "./observe.ts";

const foreignCondition = { configmap: podFailure, pod: podFailure, service: serviceFailure };

/** What to decide when somebody else has the name of a child. */
export function foreignChild(
  kind: keyof typeof foreignCondition,
  child: KubeObject | undefined,
  image: SeedImage,
): Decision | undefined {
  if (!child || ownershipOf(child, image) !== "foreign") return undefined;
  const message = `${kind} already exists and was not created by this controller`;
  const error = new Error(`${message}: delete it, or name the SeedImage otherwise`);
  return { ready: foreignCondition[kind](message), error };
}

/** Deletes exactly this object, if it is ours. */
export function deleteOwn(type: ResourceType, child: KubeObject | undefined, image: SeedImage): SeedImageOperation[] {
  if (!child || ownershipOf(child, image) === "foreign" || child.metadata.deletionTimestamp) return [];
  const { uid } = child.metadata;
  return [{ kind: "delete", type, key: childKey(image), ...(uid && { options: { uid } }) }];
}

/** Makes the ConfigMap say what `inputs` say, in place; a merge patch with the observed version as its condition. */
export function ensureConfigMap(
  { image, configMap: observed }: ObservedSeedImage,
  inputs: BuildInputs,
  outputName: string,
): SeedImageOperation[] {
  const desired = configMap(image, inputs, outputName);
  if (!observed) return [{ kind: "create", type: configMaps, object: desired }];
  if (sameContent(observed, desired) && ownershipOf(observed, image) === "ours") return [];
  const content = ({ data = {}, binaryData = {} }: ConfigMap) => ({ data, binaryData });
  return [patchChild(configMaps, observed, image, diffMergePatch(content(observed), content(desired)) ?? {})];
}

/** Takes over a Pod of a SeedImage that was restored under another UID. */
export function ensurePodOwner({ image }: ObservedSeedImage, pod: Pod): SeedImageOperation[] {
  return ownershipOf(pod, image) === "stale" ? [patchChild(pods, pod, image, {})] : [];
}

export function ensureService({ image, service: observed }: ObservedSeedImage): SeedImageOperation[] {
  const desired = service(image);
  if (!observed) return [{ kind: "external", action: { create: "Service", object: desired } }];
  if (leadsToPod(observed) && ownershipOf(observed, image) === "ours") return [];
  return [patchChild(services, observed, image, { spec: { ports: desired.spec?.ports } })];
}

function patchChild(type: ResourceType, child: KubeObject, image: SeedImage, content: object): SeedImageOperation {
  const { resourceVersion } = child.metadata;
  const metadata = { resourceVersion, ownerReferences: [ownerReference(image)] };
  return { kind: "patch", type, key: childKey(image), patch: { type: "merge", body: { ...content, metadata } } };
}
