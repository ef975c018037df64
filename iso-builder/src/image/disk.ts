import { rename } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "./checksum.ts";
import { partialName, publish } from "./publish.ts";
import { runTool } from "./run-tool.ts";

export interface DiskBuild {
  /** The container image with the system. */
  systemImage: string;
  platform: string | undefined;
  workDirectory: string;
  overlayDirectory: string;
  outputName: string;
}

const name = "elemental";
export const toolkitHint = "the elemental toolkit is not part of this image";

/** Builds a raw disk that expands and registers at its first boot, and its checksum. */
export async function buildDisk(build: DiskBuild): Promise<void> {
  const output = join(build.workDirectory, build.outputName);
  await runTool("elemental", diskArguments(build), { hint: toolkitHint });
  await rename(join(build.workDirectory, `${name}.raw`), partialName(output));
  await publish(output, await sha256(partialName(output)));
}

export function diskArguments({ systemImage, platform, workDirectory, overlayDirectory }: DiskBuild): string[] {
  const cloudInit = ["reg/reset-config.yaml", "iso-config/cloud-config.yaml"].map((file) =>
    join(overlayDirectory, file),
  );
  return [
    ["--debug", "build-disk"],
    platform ? ["--platform", platform] : [],
    ["--expandable", "--deploy-command", "systemctl,start,elemental-register-reset.service", "--squash-no-compression"],
    ["--cloud-init", cloudInit.join(",")],
    ["-n", name, "-o", workDirectory, "--system", systemImage],
  ].flat();
}
