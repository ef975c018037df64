import { formatKey, type MachineRegistration, objectKey, type SeedImage, seedImages } from "@elemental/api";
import { type RunningController, type RunOptions, run } from "@elemental/controller";
import type { Settings } from "@elemental/settings";
import type { BuilderOptions } from "./options.ts";
import { controllerName, seedImageController } from "./seed-image/controller.ts";
import { registrationKey } from "./seed-image/observe.ts";

export interface SeedImageBuilderOptions extends RunOptions {
  settings: Settings;
  builder: BuilderOptions;
}

const byRegistration = "registration";

/** Starts the controller of SeedImages. `settings` stays the caller's to stop. */
export function startSeedImageBuilder({ settings, builder, ...options }: SeedImageBuilderOptions): RunningController {
  const { kube, queues } = options;
  const images = kube.inform(seedImages, {
    indexers: { [byRegistration]: (image: SeedImage) => [formatKey(registrationKey(image))] },
  });
  const imagesOf = (registration: MachineRegistration) =>
    images.byIndex(byRegistration, formatKey(objectKey(registration))).map(objectKey);
  const controller = run(seedImageController({ kube, settings, options: builder, imagesOf }), options);
  // The server's URL and CA are part of every image.
  const unsubscribe = settings.onChange(() => {
    const queue = queues.queue(controllerName);
    for (const image of images.list()) void queue.add(formatKey(objectKey(image)), "server settings");
  });
  return {
    started: () => controller.started(),
    async stop() {
      unsubscribe();
      images.stop();
      await controller.stop();
    },
  };
}
