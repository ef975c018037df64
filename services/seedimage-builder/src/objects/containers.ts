import type { Container, ContainerSecurityContext, EnvVar, SeedImage } from "@elemental/api";
import { baseKind } from "../build/base-image.ts";
import { quantityValue } from "../build/quantity.ts";
import type { BuilderOptions } from "../options.ts";
import { portName } from "./service.ts";

const work = "/iso";
const overlay = "/overlay";
const cache = "/cache";
/** Not 80: nobody needs a privilege to serve files. */
const servePort = 8080;

export const serveName = "serve";
export const isoStorage = "iso-storage";
export const configVolume = "config-map";
export const cacheVolume = "base-cache";

/** Of the base image's own shell, for there is nothing else in it; it has no value of a user in it. */
const copyBase = `set -- /elemental-iso/*.iso; [ $# = 1 ] && busybox cp "$1" ${work}/base.iso`;

const confined: ContainerSecurityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };

/** The containers that leave the image in the work directory, in order; resources-and-controllers 2.5.3. */
export function buildContainers(image: SeedImage, configMap: string, options: BuilderOptions): Container[] {
  const containers = image.spec?.buildContainer
    ? [customBuild(image.spec.buildContainer, configMap)]
    : ownBuild(image, configMap, options);
  const [first, ...rest] = containers;
  if (!first) return [];
  const size = image.spec?.size;
  const requests = size === undefined ? {} : { resources: { requests: { "ephemeral-storage": size } } };
  return [{ ...first, ...requests }, ...rest];
}

/** Serves the image for its lifetime. */
export function serveContainer(image: SeedImage, configMap: string, options: BuilderOptions): Container {
  const seconds = (image.spec?.cleanupAfterMinutes ?? 60) * 60;
  const cached = usesCache(image, options);
  return {
    ...ours(serveName, options),
    args: [
      "serve",
      "-d",
      "/srv",
      "-p",
      String(servePort),
      "-t",
      String(seconds),
      ...(cached ? ["--cache", cache] : []),
    ],
    env: [
      fromConfigMap("ELEMENTAL_OUTPUT_NAME", configMap, "output-name"),
      { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    ],
    ports: [{ name: portName, containerPort: servePort, protocol: "TCP" }],
    readinessProbe: { tcpSocket: { port: portName }, periodSeconds: 1 },
    volumeMounts: [{ name: isoStorage, mountPath: "/srv" }, ...(cached ? [{ ...cacheMount, readOnly: true }] : [])],
    securityContext: confined,
  };
}

/** Our own builder of ISOs keeps bases in the cache, where there is one, and its server needs them there. */
export function usesCache({ spec }: SeedImage, options: BuilderOptions): boolean {
  return options.baseCacheDirectory !== undefined && spec?.type !== "raw" && !spec?.buildContainer;
}

const cacheMount = { name: cacheVolume, mountPath: cache };

function ownBuild(image: SeedImage, configMap: string, options: BuilderOptions): Container[] {
  const { type, targetPlatform, baseImage = "" } = image.spec ?? {};
  if (type === "raw") return [rawBuild(image, configMap, options)];
  const build = isoBuild(image, configMap, options);
  if (baseKind(baseImage) !== "image") return [build];
  return [targetPlatform ? pullBase(image, configMap, options) : copyBaseOf(baseImage), build];
}

function isoBuild(image: SeedImage, configMap: string, options: BuilderOptions): Container {
  const maxBytes = quantityValue(image.spec?.size ?? "");
  const cached = usesCache(image, options);
  return {
    ...ours("build", options),
    args: ["build", "--work", work, "--overlay", overlay, ...(cached ? ["--cache", cache] : [])],
    env: [
      ...buildEnv(configMap),
      ...(maxBytes ? [{ name: "ELEMENTAL_MAX_BYTES", value: String(maxBytes) }] : []),
      ...(options.allowLocalBase ? [{ name: "ELEMENTAL_ALLOW_LOCAL_BASE", value: "true" }] : []),
    ],
    volumeMounts: [...buildMounts, ...(cached ? [cacheMount] : [])],
    securityContext: confined,
  };
}

/** The toolkit makes file systems with owners, so it keeps its capabilities. */
function rawBuild(image: SeedImage, configMap: string, options: BuilderOptions): Container {
  return {
    ...ours("build", options),
    args: ["build-disk", "--work", work, "--overlay", overlay],
    env: [...buildEnv(configMap), ...platformEnv(image)],
    volumeMounts: buildMounts,
  };
}

function pullBase(image: SeedImage, configMap: string, options: BuilderOptions): Container {
  return {
    ...ours("baseiso", { ...options, imagePullPolicy: "IfNotPresent" }),
    args: ["pull", "--work", work],
    env: [...buildEnv(configMap), ...platformEnv(image)],
    volumeMounts: [{ name: isoStorage, mountPath: work }],
  };
}

function copyBaseOf(baseImage: string): Container {
  return {
    name: "baseiso",
    image: baseImage,
    imagePullPolicy: "IfNotPresent",
    command: ["busybox", "sh", "-c"],
    args: [copyBase],
    volumeMounts: [{ name: isoStorage, mountPath: work }],
    terminationMessagePolicy: "FallbackToLogsOnError",
  };
}

type CustomBuild = NonNullable<NonNullable<SeedImage["spec"]>["buildContainer"]>;

/** A contract with users: their fields as they are, four variables and both volumes; it must leave the image in /iso. */
function customBuild(custom: CustomBuild, configMap: string): Container {
  const { name = "", image = "", command, args, imagePullPolicy } = custom;
  return {
    name: name || "build",
    image,
    ...(command && { command }),
    ...(args && { args }),
    ...(imagePullPolicy && { imagePullPolicy }),
    env: buildEnv(configMap),
    volumeMounts: buildMounts,
    terminationMessagePolicy: "FallbackToLogsOnError",
  };
}

function ours(name: string, { image, imagePullPolicy }: BuilderOptions): Container {
  return { name, image, imagePullPolicy, terminationMessagePolicy: "FallbackToLogsOnError" };
}

const buildMounts = [
  { name: isoStorage, mountPath: work },
  { name: configVolume, mountPath: overlay },
];

function buildEnv(configMap: string): EnvVar[] {
  return [
    fromConfigMap("ELEMENTAL_DEVICE", configMap, "device"),
    fromConfigMap("ELEMENTAL_REGISTRATION_URL", configMap, "registration-url"),
    fromConfigMap("ELEMENTAL_BASE_IMAGE", configMap, "base-image"),
    fromConfigMap("ELEMENTAL_OUTPUT_NAME", configMap, "output-name"),
  ];
}

function platformEnv({ spec }: SeedImage): EnvVar[] {
  return spec?.targetPlatform ? [{ name: "ELEMENTAL_TARGET_PLATFORM", value: spec.targetPlatform }] : [];
}

function fromConfigMap(name: string, configMap: string, key: string): EnvVar {
  return { name, valueFrom: { configMapKeyRef: { name: configMap, key } } };
}
