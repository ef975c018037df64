export { type ImageCatalog, imageCatalog, type LocalImage } from "./images.ts";
export { type PodRunner, type PodRunnerOptions, startPodRunner } from "./runner.ts";
export type { ServiceAddress } from "./service-address.ts";
