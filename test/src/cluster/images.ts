import { join } from "node:path";
import type { Shell } from "./shell.ts";

/** No registry is asked for it: the images are imported into the node. */
export const registry = "registry.local";
export const version = "0.1.0";

const images = { "elemental-services": "services", "elemental-iso-builder": "iso-builder" };
const isolation = ["--isolation", "chroot"];

/** Builds the images of the project and a small Valkey, and resolves with their archives. */
export async function buildImages({ run }: Shell, directory: string): Promise<string[]> {
  const archives: string[] = [];
  for (const [name, folder] of Object.entries(images)) {
    const image = `${registry}/${name}:${version}`;
    const file = join(folder, "Dockerfile");
    await run("buildah", ["bud", ...isolation, "--pull-never", "-t", image, "-f", file, "."]);
    archives.push(await archive({ run }, image, join(directory, `${name}.tar`)));
  }
  return [...archives, await buildValkey({ run }, directory)];
}

async function buildValkey({ run }: Shell, directory: string): Promise<string> {
  const image = `${registry}/valkey:test`;
  const container = (await run("buildah", ["from", "--pull-never", "docker.io/library/debian:bookworm-slim"])).trim();
  const install = "apt-get update -qq && apt-get install -y -qq --no-install-recommends redis-server";
  await run("buildah", ["run", ...isolation, container, "--", "sh", "-c", install]);
  await run("buildah", ["commit", "-q", "--rm", container, image]);
  return archive({ run }, image, join(directory, "valkey.tar"));
}

async function archive({ run }: Shell, image: string, path: string): Promise<string> {
  await run("buildah", ["push", "-q", image, `docker-archive:${path}:${image}`]);
  return path;
}
