import { stringify } from "yaml";

const ownedByRoot = { owner: 0, group: 0 };

/**
 * A yip document that, in recovery, puts the registration file where the register client looks for it on an installed
 * system. The file names the registration URL, which is a secret: only root may read it.
 */
export function resetConfig(registrationFile: string): string {
  const entry = {
    name: "Save registration config",
    if: '[ -f "/run/cos/recovery_mode" ] || [ -f "/run/elemental/recovery_mode" ]',
    directories: [{ path: "/oem/registration", permissions: 0o700, ...ownedByRoot }],
    files: [
      {
        path: "/oem/registration/config.yaml",
        content: Buffer.from(registrationFile).toString("base64"),
        encoding: "b64",
        permissions: 0o600,
        ...ownedByRoot,
      },
    ],
  };
  return stringify({ name: "Write registration config", stages: { initramfs: [entry] } }, { lineWidth: 0 });
}
