import { readFile, writeFile } from "node:fs/promises";
import { get } from "node:https";
import { join } from "node:path";
import { type Shell, until } from "./shell.ts";

/** Downloads a seed image and resolves with the registration file inside. */
export async function registrationOf(
  { run }: Shell,
  url: string,
  where: { directory: string; ca: string },
): Promise<string> {
  const [iso, file] = [join(where.directory, "seed.iso"), join(where.directory, "registration.yaml")];
  // The node learns of the Pod behind a Service a moment after the API server does; until then the door says 503.
  const image = await until("the download", 60, async () => {
    const { status, body } = await download(url, where.ca);
    if (status !== 200 && status !== 503) throw new Error(`the seed image was not served: ${status}`);
    return status === 200 ? body : undefined;
  });
  await writeFile(iso, image);
  await run("xorriso", ["-osirrox", "on", "-indev", iso, "-extract", "/livecd-cloud-config.yaml", file]);
  return readFile(file, "utf8");
}

function download(url: string, ca: string): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { ca, agent: false }, async (response) => {
      const chunks: Buffer[] = await response.toArray();
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) });
    });
    request.on("error", reject);
  });
}
