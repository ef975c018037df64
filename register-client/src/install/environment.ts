import type { InstallConfig, ResetConfig } from "@elemental/protocol";
import { ClientError } from "../errors.ts";
import { hookDirectory } from "./hook-directory.ts";

type Variables = Record<string, string>;

/** The toolkit's environment for an installation to `device` (register-client-and-media 2.4). */
export function installEnvironment(install: InstallConfig, device: string): Variables {
  const { type = "", maxSnaps = 0 } = install.snapshotter ?? {};
  return {
    ELEMENTAL_INSTALL_TARGET: device,
    ELEMENTAL_INSTALL_SYSTEM: install["system-uri"] ?? "",
    ELEMENTAL_INSTALL_FIRMWARE: install.firmware ?? "",
    ELEMENTAL_INSTALL_ISO: install.iso ?? "",
    ELEMENTAL_INSTALL_TTY: install.tty ?? "",
    ELEMENTAL_INSTALL_DISABLE_BOOT_ENTRY: String(install["disable-boot-entry"] ?? false),
    ELEMENTAL_INSTALL_NO_FORMAT: String(install["no-format"] ?? false),
    ELEMENTAL_POWEROFF: String(install.poweroff ?? false),
    ELEMENTAL_REBOOT: String(install.reboot ?? false),
    ELEMENTAL_EJECT_CD: String(install["eject-cd"] ?? false),
    ...(type === "" ? {} : { ELEMENTAL_SNAPSHOTTER_TYPE: type, ELEMENTAL_SNAPSHOTTER_MAX_SNAPS: String(maxSnaps) }),
    ...configUrls("ELEMENTAL_INSTALL_CLOUD_INIT", install["config-urls"]),
    ELEMENTAL_CLOUD_INIT_PATHS: hookDirectory,
  };
}

/** The toolkit's environment for a reset. */
export function resetEnvironment(reset: ResetConfig): Variables {
  return {
    ELEMENTAL_RESET_SYSTEM: reset["system-uri"] ?? "",
    ELEMENTAL_RESET_PERSISTENT: String(reset["reset-persistent"] ?? false),
    ELEMENTAL_RESET_OEM: String(reset["reset-oem"] ?? false),
    ELEMENTAL_RESET_DISABLE_BOOT_ENTRY: String(reset["disable-boot-entry"] ?? false),
    ELEMENTAL_POWEROFF: String(reset.poweroff ?? false),
    ELEMENTAL_REBOOT: String(reset.reboot ?? false),
    ...configUrls("ELEMENTAL_RESET_CLOUD_INIT", reset["config-urls"]),
    ELEMENTAL_CLOUD_INIT_PATHS: hookDirectory,
  };
}

function configUrls(variable: string, urls: readonly string[] = []): Variables {
  const wrong = urls.find((url) => url.includes(","));
  if (wrong !== undefined) {
    throw new ClientError(
      "Configuration",
      `config-urls: ${JSON.stringify(wrong)} contains a comma, which separates items`,
    );
  }
  return urls.length === 0 ? {} : { [variable]: urls.join(",") };
}

/** The toolkit's arguments for an installation. */
export function installArguments(install: InstallConfig): string[] {
  const configDir = install["config-dir"] ? ["--config-dir", install["config-dir"]] : [];
  return [...(install.debug ? ["--debug"] : []), ...configDir, "install"];
}

/** The toolkit's arguments for a reset. */
export function resetArguments(reset: ResetConfig): string[] {
  return [...(reset.debug ? ["--debug"] : []), "reset"];
}
