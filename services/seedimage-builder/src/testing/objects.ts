import type { Condition, MachineRegistration, Pod, PodPhase, SeedImage } from "@elemental/api";
import { apiVersion } from "@elemental/api";
import type { BuilderOptions } from "../options.ts";

export const namespace = "fleet-default";
export const registrationURL = "https://rancher.example/elemental/registration/secret";
export const serverUrl = "https://rancher.example";
export const baseURL = "https://images.example/base.iso";

export const options: BuilderOptions = {
  image: "registry/seedimage-builder:1",
  imagePullPolicy: "IfNotPresent",
  allowLocalBase: false,
};

export function condition(type: string, status: Condition["status"], reason: string): Condition {
  return { type, status, reason, message: "", lastTransitionTime: "2026-01-01T00:00:00Z" };
}

type RegistrationConfig = NonNullable<NonNullable<MachineRegistration["spec"]>["config"]>["elemental"];

export function registration(elemental?: Partial<RegistrationConfig>): MachineRegistration {
  return {
    apiVersion,
    kind: "MachineRegistration",
    metadata: { namespace, name: "fire-nodes", uid: "registration-uid" },
    spec: elemental ? { config: { elemental: { reset: {}, ...elemental } } } : {},
    status: { registrationURL, conditions: [condition("Ready", "True", "SuccessfullyCreated")] },
  };
}

export function seedImage(spec: Partial<NonNullable<SeedImage["spec"]>> = {}, status?: SeedImage["status"]): SeedImage {
  return {
    apiVersion,
    kind: "SeedImage",
    metadata: { namespace, name: "fire", uid: "image-uid", generation: 1 },
    spec: {
      baseImage: baseURL,
      registrationRef: { name: "fire-nodes", namespace },
      type: "iso",
      size: 6442450944,
      cleanupAfterMinutes: 60,
      ...spec,
    },
    ...(status && { status }),
  };
}

/** The Pod as the kubelet would leave it in a phase. */
export function inPhase(pod: Pod, phase: PodPhase): Pod {
  return { ...pod, status: { ...pod.status, phase } };
}
