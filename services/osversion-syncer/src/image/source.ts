/** What the upgrade plan needs of an image reference: SUC adds `version` as tag to an `image` without tag or digest. */
export interface ImageSource {
  image: string;
  version: string;
}

const digestLength = 12;

/** Splits an image reference into image and version; resources-and-controllers 2.8.2. */
export function splitImage(reference: string): ImageSource {
  const digest = /@[^:]+:([0-9a-f]+)/.exec(reference)?.[1];
  if (digest) return { image: reference, version: digest.slice(0, digestLength) };
  const slash = reference.indexOf("/");
  const registry = reference.slice(0, slash + 1);
  const [name = "", ...tag] = reference.slice(slash + 1).split(":");
  return { image: registry + name, version: tag.join(":") || "latest" };
}
