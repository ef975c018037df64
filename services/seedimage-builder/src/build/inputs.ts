import { createHash } from "node:crypto";
import { conditionTypes, isTrue, type MachineRegistration, type SeedImage } from "@elemental/api";
import { stringify } from "yaml";
import type { BuilderOptions } from "../options.ts";
import { cloudConfigFile } from "./cloud-config.ts";
import { registrationFile } from "./registration-file.ts";
import { resetConfig } from "./reset-config.ts";

/** Everything that decides what an image is; its name is chosen for each build. */
export interface BuildInputs {
  /** Text files of the ConfigMap. */
  files: { registration: string; "reset-config": string; "cloud-config": string };
  /** Other values of the ConfigMap. */
  values: { "registration-url": string; device: string; "base-image": string };
  /** Changes whenever another image would be built. */
  hash: string;
}

/** There can be no image yet, or not from this spec; the message is the condition's. */
export interface NoInputs {
  problem: string;
}

const failed = "failed processing registration config:";

export function buildInputs(
  image: SeedImage,
  registration: MachineRegistration,
  caCert: string | undefined,
  options: BuilderOptions,
): BuildInputs | NoInputs {
  if (!isTrue(registration.status?.conditions, conditionTypes.ready)) {
    return { problem: `${failed} machine registration is not ready` };
  }
  const url = registration.status?.registrationURL;
  if (!url) return { problem: `${failed} machine registration's registration URL is not set` };
  const cloudConfig = cloudConfigFile(image.spec?.["cloud-config"]);
  if (cloudConfig === undefined) return { problem: "spec.cloud-config must be an object" };
  const file = registrationFile(registration, caCert);
  const files = { registration: file, "reset-config": resetConfig(file), "cloud-config": cloudConfig };
  const device = registration.spec?.config?.elemental?.install?.device ?? "";
  const values = { "registration-url": url, device, "base-image": image.spec?.baseImage ?? "" };
  return { files, values, hash: hashOf(image, { files, values, builder: options.image }) };
}

function hashOf({ spec }: SeedImage, content: object): string {
  const { type, targetPlatform, size, cleanupAfterMinutes, buildContainer } = spec ?? {};
  const parts = {
    ...content,
    type,
    targetPlatform: targetPlatform || undefined,
    size,
    cleanupAfterMinutes,
    buildContainer,
  };
  return createHash("sha256")
    .update(stringify(parts, { sortMapEntries: true }))
    .digest("hex")
    .slice(0, 32);
}
