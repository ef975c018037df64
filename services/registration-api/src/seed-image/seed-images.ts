import { timingSafeEqual } from "node:crypto";
import {
  conditionTypes,
  findCondition,
  type ObjectKey,
  objectKey,
  reasons,
  type SeedImage,
  seedImages,
} from "@elemental/api";
import type { Watcher } from "@elemental/kube";
import { Refusal } from "../refusal.ts";
import { tokenHash } from "../token.ts";

/** An offered file of a seed image, served by the image's Pod. */
export interface Download {
  seedImage: ObjectKey;
  file: string;
}

/** The seed images, kept by a watch. */
export interface SeedImages {
  /** The file behind a download URL (resources-and-controllers 2.5.4). Throws a Refusal. */
  find(token: string, file: string): Download;
  synced(): Promise<void>;
  stop(): void;
}

const TOKEN_LENGTH = 54;

export function watchSeedImages(kube: Watcher): SeedImages {
  const informer = kube.inform(seedImages, { indexers: { token: ({ status }) => hashes(status?.downloadToken) } });
  return {
    find(token, file) {
      const image = informer
        .byIndex("token", tokenHash(token))
        .find(({ status }) => same(status?.downloadToken, token));
      if (!image) throw new Refusal("NotFound", "seed image not found");
      return { seedImage: objectKey(image), file: offered(image, file) };
    },
    synced: () => informer.synced(),
    stop: () => informer.stop(),
  };
}

/** An image without a proper token cannot be downloaded. */
function hashes(token: string | undefined): string[] {
  return token?.length === TOKEN_LENGTH ? [tokenHash(token)] : [];
}

function same(a: string | undefined, b: string): boolean {
  const [left, right] = [Buffer.from(a ?? ""), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function offered({ status }: SeedImage, file: string): string {
  const condition = findCondition(status?.conditions, conditionTypes.seedImageReady);
  if (condition?.reason === reasons.seedImage.buildDeadline)
    throw new Refusal("Gone", "the seed image is no longer offered");
  const ready = condition?.status === "True" && condition.reason === reasons.seedImage.buildSuccess;
  const files = ready ? [status?.downloadURL, status?.checksumURL].map(fileName) : [];
  if (!files.includes(file)) throw new Refusal("NotFound", "seed image not found");
  return file;
}

/** The last segment of a download URL, decoded. */
function fileName(url: string | undefined): string | undefined {
  const path = url && URL.canParse(url) ? new URL(url).pathname : undefined;
  return path && decodeURIComponent(path.slice(path.lastIndexOf("/") + 1));
}
