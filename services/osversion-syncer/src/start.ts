import { managedOSImages } from "@elemental/api";
import { type RunningController, type RunOptions, run } from "@elemental/controller";
import { channelController, channelControllerName } from "./channel/controller.ts";
import type { ChannelSettings } from "./channel/settings.ts";
import { imageController, imageControllerName, imageIndexers } from "./image/controller.ts";
import type { ImageSettings } from "./image/reconcile.ts";
import { versionController, versionControllerName } from "./version/controller.ts";

/** Names of the controllers, and of their queues. */
export const controllerNames = [channelControllerName, versionControllerName, imageControllerName];

export interface OsVersionSyncerOptions extends RunOptions {
  settings: ChannelSettings & ImageSettings;
}

/** Starts the controllers of ManagedOSVersionChannel, ManagedOSVersion and ManagedOSImage; they stop together. */
export function startOsVersionSyncer({ settings, ...options }: OsVersionSyncerOptions): RunningController {
  const { kube } = options;
  const images = kube.inform(managedOSImages, { indexers: imageIndexers });
  const running = [
    run(channelController(kube, settings), options),
    run(versionController(kube), options),
    run(imageController({ kube, images }, settings), options),
  ];
  return {
    async started() {
      await Promise.all(running.map((controller) => controller.started()));
    },
    async stop() {
      images.stop();
      await Promise.all(running.map((controller) => controller.stop()));
    },
  };
}
