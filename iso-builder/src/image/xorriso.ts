import { runTool, toolOutput } from "./run-tool.ts";

/** Where the files of a seed image are on its ISO; live systems and the register client look there. */
export const registrationOnIso = "/livecd-cloud-config.yaml";
export const cloudConfigOnIso = "/iso-config/cloud-config.yaml";

export interface IsoInputs {
  base: string;
  registration: string;
  cloudConfig: string;
}

/**
 * Makes the base with the two files added and gives it to `consume` as it is made. Volume identifier, partitions and boot
 * records are taken over. The input files must be regular files: xorriso would put a symbolic link on the ISO as such.
 */
export async function makeIso(
  inputs: IsoInputs,
  consume: (iso: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const hint = "install xorriso (Debian: apt-get install xorriso)";
  await runTool("xorriso", xorrisoArguments(inputs), { hint, consume });
}

/** `-no_rc`: no start-up files of the machine. `-abort_on FAILURE`: rather no image than one without its files. */
function xorrisoArguments({ base, registration, cloudConfig }: IsoInputs): string[] {
  return [
    ["-no_rc", "-abort_on", "FAILURE"],
    ["-indev", `stdio:${base}`, "-outdev", `stdio:${toolOutput}`],
    ["-map", registration, registrationOnIso],
    ["-map", cloudConfig, cloudConfigOnIso],
    ["-boot_image", "any", "replay"],
  ].flat();
}
