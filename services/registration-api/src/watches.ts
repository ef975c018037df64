import type { Watcher } from "@elemental/kube";
import { type TrustAnchors, watchTrustAnchors } from "./authentication/trust-anchors.ts";
import { type Appearances, watchAppearances } from "./inventory/appearances.ts";
import { type Inventories, watchInventories } from "./inventory/inventories.ts";
import { type Registrations, watchRegistrations } from "./registration/registrations.ts";
import { type SeedImages, watchSeedImages } from "./seed-image/seed-images.ts";

/** What the door knows of the cluster without asking: no request lists anything. */
export interface Watches {
  registrations: Registrations;
  inventories: Inventories;
  appearances: Appearances;
  anchors: TrustAnchors;
  seedImages: SeedImages;
  synced(): Promise<void>;
  stop(): void;
}

export function startWatches(kube: Watcher): Watches {
  const registrations = watchRegistrations(kube);
  const inventories = watchInventories(kube);
  const appearances = watchAppearances(inventories, registrations.limitOf);
  const anchors = watchTrustAnchors(kube);
  const seedImages = watchSeedImages(kube);
  const informers = [registrations, inventories, anchors, seedImages];
  return {
    registrations,
    inventories,
    appearances,
    anchors,
    seedImages,
    synced: async () => {
      await Promise.all(informers.map((informer) => informer.synced()));
    },
    stop() {
      appearances.stop();
      for (const informer of informers) informer.stop();
    },
  };
}
