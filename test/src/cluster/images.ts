import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Shell } from "./shell.ts";

/** No registry is asked for it: the images are imported into the node. */
export const registry = "registry.local";
export const version = "0.1.0";
/** The tag that the services are upgraded to. */
export const nextVersion = "0.1.0-next";

const images = { "elemental-services": "services", "elemental-iso-builder": "iso-builder" };
/** Not run here: it belongs into the operating system of machines. */
const unused = { "elemental-register": "register-client" };
const options = ["bud", "--isolation", "chroot", "--pull-never", "--layers"];

const valkey = `FROM docker.io/library/debian:bookworm-slim
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends redis-server
`;

/** Builds the images of the project, and a small Valkey, from unchanged Dockerfiles; resolves with their archives. */
export async function buildImages({ run }: Shell, directory: string): Promise<string[]> {
  const archives: string[] = [];
  for (const [name, folder] of Object.entries({ ...images, ...unused })) {
    const image = `${registry}/${name}:${version}`;
    await run("buildah", [...options, "-t", image, "-f", join(folder, "Dockerfile"), "."]);
    if (name in images) archives.push(await archive({ run }, image, join(directory, `${name}.tar`)));
  }
  const next = `${registry}/elemental-services:${nextVersion}`;
  await run("buildah", ["tag", `${registry}/elemental-services:${version}`, next]);
  archives.push(await archive({ run }, next, join(directory, "next.tar")));
  const image = `${registry}/valkey:test`;
  const context = join(directory, "valkey");
  await mkdir(context);
  await writeFile(join(context, "Dockerfile"), valkey);
  await run("buildah", [...options, "-t", image, context]);
  return [...archives, await archive({ run }, image, join(directory, "valkey.tar"))];
}

async function archive({ run }: Shell, image: string, path: string): Promise<string> {
  await run("buildah", ["push", "-q", image, `docker-archive:${path}:${image}`]);
  return path;
}
