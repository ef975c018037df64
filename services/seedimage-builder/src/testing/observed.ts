import type { KubeObject, Pod, SeedImage } from "@elemental/api";
import { buildInputs } from "../build/inputs.ts";
import { configMap } from "../objects/config-map.ts";
import { pod as podOf } from "../objects/pod.ts";
import { service } from "../objects/service.ts";
import type { SeedImageOperation } from "../seed-image/decision.ts";
import type { ObservedSeedImage } from "../seed-image/observe.ts";
import { reconcileSeedImage } from "../seed-image/reconcile.ts";
import { condition, inPhase, options, registration, seedImage, serverUrl } from "./objects.ts";

const now = new Date("2026-01-31T10:20:30Z");
export const freshToken = "f".repeat(54);
export const name = "fire-nodes-20260101T000000Z.iso";
export const server = { serverUrl, caCert: undefined, strictTls: true };

/** What is observed while a build's Pod is in `phase`. */
export function building(
  phase: NonNullable<Pod["status"]>["phase"] = "Pending",
  image = seedImage(),
): ObservedSeedImage {
  const inputs = buildInputs(image, registration(), server.caCert, options);
  if ("problem" in inputs) throw new Error(inputs.problem);
  const pod = podOf(image, { hash: inputs.hash, outputName: name }, options);
  const owner = { apiVersion: "x", kind: "MachineRegistration", name: "fire-nodes", uid: "registration-uid" };
  return {
    image: { ...image, metadata: { ...image.metadata, ownerReferences: [owner] } },
    registration: registration(),
    configMap: stored(configMap(image, inputs, name)),
    pod: stored(inPhase(pod, phase ?? "Pending")),
    service: stored(service(image)),
    server,
    freshToken,
  };
}

export function stored<T extends KubeObject>(object: T, metadata: Partial<KubeObject["metadata"]> = {}): T {
  return { ...object, metadata: { ...object.metadata, uid: `${object.kind}-uid`, resourceVersion: "7", ...metadata } };
}

export const none = { configMap: undefined, pod: undefined, service: undefined };

export const download = {
  downloadToken: "t".repeat(54),
  downloadURL: `${serverUrl}/elemental/seedimage/${"t".repeat(54)}/${name}`,
  checksumURL: `${serverUrl}/elemental/seedimage/${"t".repeat(54)}/${name}.sha256`,
};

export function available(spec: Parameters<typeof seedImage>[0] = {}): SeedImage {
  const conditions = [
    condition("SeedImageReady", "True", "SeedImageBuildSuccess"),
    condition("Ready", "True", "ResourcesSuccessfullyCreated"),
  ];
  return seedImage(spec, { ...download, conditions, state: "Completed" });
}

export function expired(): SeedImage {
  const conditions = [condition("SeedImageReady", "True", "SeedImageBuildDeadline")];
  return seedImage({}, { downloadToken: download.downloadToken, conditions });
}

function summary(operation: SeedImageOperation): string {
  if (operation.kind === "external") return `create ${operation.action.create}`;
  const kind = "type" in operation ? operation.type.kind : "";
  return `${operation.kind} ${kind}`;
}

export function decide(observed: ObservedSeedImage) {
  const outcome = reconcileSeedImage(observed, now, options);
  const conditions = outcome.status?.conditions ?? [];
  return {
    ...outcome,
    does: (outcome.operations ?? []).map(summary),
    says: Object.fromEntries(conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`])),
    messages: Object.fromEntries(conditions.map(({ type, message }) => [type, message])),
  };
}
