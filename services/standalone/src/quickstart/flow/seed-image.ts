import { readFile } from "node:fs/promises";
import { conditionTypes, findCondition, reasons, type SeedImage, seedImages } from "@elemental/api";
import { awaitObject } from "../../await-object.ts";
import type { Standalone } from "../../standalone.ts";
import { httpClient } from "../http-get.ts";
import { downloadSeedIso, extractRegistration, type SeedIso } from "../seed-iso.ts";
import { fromHere } from "../vm/guest-network.ts";
import { createIfMissing } from "./create-if-missing.ts";
import { name, namespace, seedImage } from "./objects.ts";

const key = { namespace, name };

/** Creates the SeedImage and resolves when its download is there. Throws as soon as its build has failed. */
export async function buildSeedImage({ kube }: Standalone, spec: Partial<SeedImage["spec"]>): Promise<SeedImage> {
  await createIfMissing(() => kube.create(seedImages, seedImage(spec)));
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
  const urls = { image: fromHere(downloadURL), checksum: fromHere(checksumURL) };
  const iso = await downloadSeedIso(httpClient(caCert), urls, directory);
  return { iso, registration: await readFile(await extractRegistration(iso.path, directory), "utf8") };
}
