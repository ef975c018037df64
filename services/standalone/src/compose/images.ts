import { fileURLToPath } from "node:url";
import { type ImageCatalog, imageCatalog } from "@elemental/apiserver";

/** References of our own images in standalone; the Pod runner executes the programs of this checkout for them. */
export const localImages = { isoBuilder: "elemental.local/iso-builder", operator: "elemental.local/operator" } as const;

const program = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

/** What the Pods of seed images and version channels run as on this machine. */
export function localImageCatalog(): ImageCatalog {
  return imageCatalog([
    {
      pattern: localImages.isoBuilder,
      image: { entrypoint: [process.execPath, program("iso-builder/src/main.ts")] },
    },
    {
      pattern: localImages.operator,
      image: { entrypoint: [process.execPath, program("services/osversion-syncer/src/command/main.ts")] },
    },
  ]);
}
