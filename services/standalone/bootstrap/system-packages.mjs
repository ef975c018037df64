import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * @typedef {{ what: string, packages: string[], present: () => boolean }} Requirement
 * Something of the operating system: what it is for, the Debian packages that bring it, and how to see that it is there.
 */

/** @param {string} program */
function onPath(program) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** @type {Record<"redis" | "xorriso" | "swtpm" | "bootableIso" | "virtualMachine", Requirement>} */
export const requirements = {
  redis: {
    what: "Redis or Valkey (work queues)",
    packages: ["redis-server"],
    present: () => onPath("redis-server") || onPath("valkey-server"),
  },
  xorriso: { what: "xorriso (seed images)", packages: ["xorriso"], present: () => onPath("xorriso") },
  swtpm: {
    what: "swtpm (a TPM for the simulated machine)",
    packages: ["swtpm", "swtpm-tools"],
    present: () => onPath("swtpm") && onPath("swtpm_setup"),
  },
  bootableIso: {
    what: "GRUB and mtools (the small bootable base image)",
    packages: ["grub-common", "grub-pc-bin", "grub-efi-amd64-bin", "mtools"],
    present: () =>
      onPath("grub-mkimage") &&
      onPath("mformat") &&
      ["i386-pc", "x86_64-efi"].every((it) => existsSync(`/usr/lib/grub/${it}`)),
  },
  virtualMachine: {
    what: "QEMU, UEFI firmware and squashfs-tools (virtual machines)",
    packages: ["qemu-system-x86", "ovmf", "squashfs-tools", "e2fsprogs"],
    present: () =>
      onPath("qemu-system-x86_64") &&
      onPath("mksquashfs") &&
      onPath("debugfs") &&
      existsSync("/usr/share/OVMF/OVMF_CODE_4M.fd"),
  },
};

function debianAsRoot() {
  const debian = existsSync("/etc/debian_version") || /debian|ubuntu/.test(osRelease());
  return debian && process.getuid?.() === 0 && onPath("apt-get");
}

function osRelease() {
  return existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8").toLowerCase() : "";
}

/**
 * Why this machine cannot have what `needs` lists, with what to do; undefined when it has it or ensureSystemPackages can
 * install it. The system in a virtual machine is made of Debian's packages for this processor.
 * @param {Requirement[]} needs
 */
export function cannotHave(needs) {
  if (process.arch !== "x64") return "it needs a machine with an x86-64 processor";
  if (!onPath("apt-get") || !onPath("dpkg-deb")) return "it needs Debian";
  const missing = needs.filter((need) => !need.present());
  if (missing.length === 0 || debianAsRoot()) return undefined;
  return `missing: ${missing.map((need) => need.what).join("; ")}. To install it: sudo ${installCommand(missing)}`;
}

/** @param {Requirement[]} missing */
function installCommand(missing) {
  return `apt-get install --yes --no-install-recommends ${missing.flatMap((need) => need.packages).join(" ")}`;
}

/** @param {string[]} args */
function aptGet(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return (
    spawnSync("apt-get", ["-qq", "-o", "Dpkg::Use-Pty=0", ...args], { stdio: ["ignore", "ignore", "inherit"], env })
      .status === 0
  );
}

/**
 * Installs missing Debian packages as root, or throws with the exact command to type.
 * @param {Requirement[]} needs
 */
export function ensureSystemPackages(needs) {
  const missing = needs.filter((need) => !need.present());
  if (missing.length === 0) return;
  const packages = missing.flatMap((need) => need.packages);
  const command = installCommand(missing);
  const list = missing.map((need) => need.what).join("; ");
  if (!debianAsRoot()) throw new Error(`Missing: ${list}.\nInstall it and run this again. On Debian: sudo ${command}`);
  console.log(`Installing Debian packages (once): ${packages.join(" ")} ...`);
  const install = ["install", "--yes", "--no-install-recommends", ...packages];
  if (!aptGet(install) && !(aptGet(["update"]) && aptGet(install))) throw new Error(`Failed: ${command}`);
}
