import { annotations, labels, type Pod, type SeedImage, type Volume } from "@elemental/api";
import type { BuilderOptions } from "../options.ts";
import { buildContainers, cacheVolume, configVolume, isoStorage, serveContainer, usesCache } from "./containers.ts";
import { childMetadata } from "./metadata.ts";

/** What a Pod builds: a change of either makes it the wrong one. */
export interface Build {
  hash: string;
  outputName: string;
}

/** The Pod that builds an image and then serves it; resources-and-controllers 2.5.3. */
export function pod(image: SeedImage, build: Build, options: BuilderOptions): Pod {
  const configMap = image.metadata.name;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...childMetadata(image),
      labels: { [labels.appName]: image.metadata.name },
      annotations: {
        [annotations.baseImage]: image.spec?.baseImage ?? "",
        [annotations.buildHash]: build.hash,
        [annotations.outputName]: build.outputName,
      },
    },
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      initContainers: buildContainers(image, configMap, options),
      containers: [serveContainer(image, configMap, options)],
      volumes: volumes(image, configMap, options),
    },
  };
}

/** What the Pod builds. One of an older version has only its base image to tell. */
export function buildOf({ metadata }: Pod): Partial<Build> & { baseImage: string | undefined } {
  const notes = metadata.annotations ?? {};
  const { [annotations.buildHash]: hash, [annotations.outputName]: outputName } = notes;
  return { ...(hash && { hash }), ...(outputName && { outputName }), baseImage: notes[annotations.baseImage] };
}

function volumes(image: SeedImage, configMap: string, options: BuilderOptions): Volume[] {
  const size = image.spec?.size;
  const items = [
    { key: "registration", path: "reg/livecd-cloud-config.yaml" },
    { key: "cloud-config", path: "iso-config/cloud-config.yaml" },
    { key: "reset-config", path: "reg/reset-config.yaml" },
  ];
  const all: Volume[] = [
    { name: isoStorage, emptyDir: size === undefined ? {} : { sizeLimit: size } },
    { name: configVolume, configMap: { name: configMap, items } },
  ];
  const { baseCacheDirectory } = options;
  if (baseCacheDirectory === undefined || !usesCache(image, options)) return all;
  return [...all, { name: cacheVolume, hostPath: { path: baseCacheDirectory, type: "DirectoryOrCreate" } }];
}
