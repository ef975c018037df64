import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { acquireBase, type BaseSource } from "../base/acquire.ts";
import { readIsoVolume } from "../base/iso9660.ts";
import { BuildError, describe } from "../errors.ts";
import { type ImageStore, imageStore } from "./store.ts";
import { type IsoInputs, makeIso } from "./xorriso.ts";

export interface IsoBuild {
  base: BaseSource;
  /** Where the image, and while building its base, is written. */
  workDirectory: string;
  /** Has `reg/livecd-cloud-config.yaml` and `iso-config/cloud-config.yaml`. */
  overlayDirectory: string;
  outputName: string;
}

/**
 * Builds `outputName` and `outputName.sha256` in the work directory, where a base from the cache is used as hidden files
 * that `serve` puts together with it. Nothing else is left there, also on failure.
 */
export async function buildIso(build: IsoBuild): Promise<void> {
  const output = join(build.workDirectory, build.outputName);
  await mkdir(build.workDirectory, { recursive: true });
  const scratch = await mkdtemp(join(build.workDirectory, ".build-"));
  try {
    const inputs = await copyInputs(build.overlayDirectory, scratch);
    const base = await acquireBase(build.base, scratch);
    await readIsoVolume(base.path, build.base.name);
    await store(imageStore(output, base), { base: base.path, ...inputs });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function store(image: ImageStore, inputs: IsoInputs): Promise<void> {
  try {
    await makeIso(inputs, image.write);
    await image.publish();
  } catch (error) {
    await image.discard();
    throw error;
  }
}

/** Copies follow links: a ConfigMap volume is made of links, and a link would end up on the ISO. */
async function copyInputs(overlay: string, scratch: string): Promise<{ registration: string; cloudConfig: string }> {
  const registration = join(scratch, "livecd-cloud-config.yaml");
  const cloudConfig = join(scratch, "cloud-config.yaml");
  try {
    await copyFile(join(overlay, "reg", "livecd-cloud-config.yaml"), registration);
    await copyFile(join(overlay, "iso-config", "cloud-config.yaml"), cloudConfig);
  } catch (cause) {
    throw new BuildError("Usage", `the overlay directory is incomplete: ${describe(cause)}`, { cause });
  }
  return { registration, cloudConfig };
}
