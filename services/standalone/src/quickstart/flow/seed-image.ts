import { readFile } from "node:fs/promises";
import { conditionTypes, findCondition, reasons, type SeedImage, seedImages } from "@elemental/api";
import { awaitObject } from "../../await-object.ts";
import type { Standalone } from "../../standalone.ts";
import { httpClient } from "../http-get.ts";
import { downloadSeedIso, extractRegistration, type SeedIso } from "../seed-iso.ts";
import { createIfMissing } from "./create-if-missing.ts";
import { name, namespace, seedImage } from "./objects.ts";

const key = { namespace, name };

/** Creates the SeedImage and resolves when its download is there. Throws as soon as its build has failed. */
export async function buildSeedImage({ kube }: Standalone, baseImage: string): Promise<SeedImage> {
  await createIfMissing(() => kube.create(seedImages, seedImage(baseImage)));
  const image = await awaitObject(
    kube,
    seedImages,
    key,
    (it) => it.status?.downloadURL !== undefined || buildFailed(it),
  );
  if (!buildFailed(image)) return image;
  const { message } = findCondition(image.status?.conditions, conditionTypes.seedImageReady) ?? { message: "" };
  throw new Error(`SeedImage ${namespace}/${name} cannot be built: ${message}`);
}

function buildFailed(image: SeedImage): boolean {
  const condition = findCondition(image.status?.conditions, conditionTypes.seedImageReady);
  return condition?.reason === reasons.seedImage.buildFailure;
}

/** Downloads the image as a user would, and takes out what a machine booted from it would read. */
export async function downloadSeedImage(
  image: SeedImage,
  { caCert }: Standalone,
  directory: string,
): Promise<{ iso: SeedIso; registration: string }> {
  const { downloadURL = "", checksumURL = "" } = image.status ?? {};
  const iso = await downloadSeedIso(httpClient(caCert), { image: downloadURL, checksum: checksumURL }, directory);
  return { iso, registration: await readFile(await extractRegistration(iso.path, directory), "utf8") };
}
