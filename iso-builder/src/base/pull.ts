import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BuildError } from "../errors.ts";
import { toolkitHint } from "../image/disk.ts";
import { runTool } from "../image/run-tool.ts";

/** Takes the one ISO that an OS image carries in /elemental-iso, for `platform`, and puts it at `to`. */
export async function pullBase(image: string, platform: string, to: string): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "elemental-base-"));
  try {
    await runTool("elemental", ["pull-image", `--platform=${platform}`, image, directory], { hint: toolkitHint });
    const isoDirectory = join(directory, "elemental-iso");
    const found = (await readdir(isoDirectory).catch(() => [])).filter((name) => name.endsWith(".iso"));
    const [iso] = found;
    if (iso === undefined || found.length > 1) {
      throw new BuildError(
        "BaseInvalid",
        `image ${image} has ${found.length} ISOs in /elemental-iso, it must have one`,
      );
    }
    await copyFile(join(isoDirectory, iso), to);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
