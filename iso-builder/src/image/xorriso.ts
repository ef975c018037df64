import { runTool } from "./run-tool.ts";

/** Where the files of a seed image are on its ISO; live systems and the register client look there. */
export const registrationOnIso = "/livecd-cloud-config.yaml";
export const cloudConfigOnIso = "/iso-config/cloud-config.yaml";

export interface IsoInputs {
  base: string;
  output: string;
  registration: string;
  cloudConfig: string;
}

/**
 * Writes the base with the two files added. Volume identifier, partitions and boot records are taken over. The input files
 * must be regular files: xorriso would put a symbolic link on the ISO as such.
 */
export async function writeIso(inputs: IsoInputs): Promise<void> {
  await runTool("xorriso", xorrisoArguments(inputs), { hint: "install xorriso (Debian: apt-get install xorriso)" });
}

/** `-no_rc`: no start-up files of the machine. `-abort_on FAILURE`: rather no image than one without its files. */
export function xorrisoArguments({ base, output, registration, cloudConfig }: IsoInputs): string[] {
  return [
    ["-no_rc", "-abort_on", "FAILURE"],
    ["-indev", `stdio:${base}`, "-outdev", `stdio:${output}`],
    ["-map", registration, registrationOnIso],
    ["-map", cloudConfig, cloudConfigOnIso],
    ["-boot_image", "any", "replay"],
  ].flat();
}
