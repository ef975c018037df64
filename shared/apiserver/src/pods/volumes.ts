import { chmod, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import type { DataSources } from "./environment.ts";
import type { Container, KeyToPath, Volume } from "./pod.ts";
import type { Mount } from "./root/root.ts";

/** A volume cannot be made (yet); the Pod waits for it, as with FailedMount. */
export class VolumeError extends Error {
  readonly code = "FailedMount";
  override readonly name = "VolumeError";
}

/**
 * Makes the volumes of a Pod below `directory` and returns where each is. An emptyDir keeps its content; ConfigMaps and
 * Secrets are written anew, with their modes. Sizes are not enforced. Throws a VolumeError.
 */
export async function makeVolumes(
  directory: string,
  volumes: readonly Volume[],
  sources: DataSources,
): Promise<Map<string, string>> {
  const places = new Map<string, string>();
  for (const volume of volumes)
    places.set(volume.name, await makeVolume(join(directory, volume.name), volume, sources));
  return places;
}

async function makeVolume(place: string, volume: Volume, sources: DataSources): Promise<string> {
  if (volume.hostPath) return volume.hostPath.path;
  if (volume.emptyDir) {
    await mkdir(place, { recursive: true });
    await chmod(place, 0o777);
    return place;
  }
  const { configMap, secret } = volume;
  if (configMap) {
    const data = await sources.configMap(configMap.name);
    const missing = `configmap "${configMap.name}" not found`;
    const missingKey = "configmap references non-existent config key";
    return writeFiles(place, volume.name, { ...configMap, data, missing, missingKey });
  }
  if (secret) {
    const data = await sources.secret(secret.secretName);
    const missing = `secret "${secret.secretName}" not found`;
    return writeFiles(place, volume.name, {
      ...secret,
      data,
      missing,
      missingKey: "references non-existent secret key",
    });
  }
  throw failed(volume.name, "this node supports emptyDir, configMap, secret and hostPath volumes only");
}

interface FileSource {
  data: ReadonlyMap<string, Buffer> | undefined;
  /** For messages: that the object is not there, or one of its keys. */
  missing: string;
  missingKey: string;
  items?: KeyToPath[];
  defaultMode?: number;
  optional?: boolean;
}

async function writeFiles(place: string, volume: string, source: FileSource): Promise<string> {
  const { data, missing, missingKey, items, defaultMode = 0o644, optional = false } = source;
  if (!data && !optional) throw failed(volume, missing);
  await rm(place, { recursive: true, force: true });
  await mkdir(place, { recursive: true });
  const files = items ?? [...(data?.keys() ?? [])].map((key): KeyToPath => ({ key, path: key }));
  for (const { key, path, mode = defaultMode } of files) {
    const content = data?.get(key);
    if (content) await writeModed(join(place, inside(path, volume)), content, mode);
    else if (!optional) throw failed(volume, `${missingKey}: ${key}`);
  }
  return place;
}

async function writeModed(path: string, content: Buffer, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content, { mode: 0o600 });
  await chmod(path, mode);
}

/** The mounts of a container, given where the volumes of its Pod are. Throws a VolumeError. */
export async function containerMounts(container: Container, places: ReadonlyMap<string, string>): Promise<Mount[]> {
  const mounts: Mount[] = [];
  for (const { name, mountPath, subPath, readOnly = false } of container.volumeMounts ?? []) {
    const place = places.get(name);
    if (place === undefined) throw failed(name, "the Pod has no volume of that name");
    const source = subPath ? join(place, inside(subPath, name)) : place;
    const target = normalize(join("/", mountPath)).replace(/(?<=.)\/$/, "");
    mounts.push({ source, target, file: await isFile(source), readOnly });
  }
  return mounts;
}

// A subPath that does not exist yet becomes a directory.
async function isFile(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await mkdir(path, { recursive: true });
    return false;
  }
}

function inside(path: string, volume: string): string {
  if (path.startsWith("/") || path.split("/").includes("..")) throw failed(volume, `${path} leads out of the volume`);
  return path;
}

function failed(volume: string, why: string): VolumeError {
  return new VolumeError(`MountVolume.SetUp failed for volume "${volume}" : ${why}`);
}
