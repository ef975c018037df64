import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { TpmError } from "../errors.ts";
import { maxResponseLength, type TpmDevice } from "./device.ts";

/** Opens the first TPM of the kernel below `root`, through the kernel's resource manager where there is one. Throws TpmError. */
export async function openLinuxTpm(root = "/"): Promise<TpmDevice> {
  const listed = await firstTpm(root);
  if (listed !== undefined) await requireVersion2(root, listed);
  const name = listed ?? "tpm0";
  const candidates = [join(root, "dev", name.replace("tpm", "tpmrm")), join(root, "dev", name)];
  const failures: unknown[] = [];
  for (const path of candidates) {
    try {
      return await openCharacterDevice(path);
    } catch (error) {
      failures.push(error);
    }
  }
  if (listed === undefined && failures.every((failure) => codeOf(failure) === "ENOENT")) throw missing();
  throw unavailable(candidates, failures);
}

/** The name in sysfs, which is not mounted everywhere. */
async function firstTpm(root: string): Promise<string | undefined> {
  const entries = await readdir(join(root, "sys/class/tpm")).catch(() => []);
  return entries.filter((entry) => entry.startsWith("tpm")).sort()[0];
}

function missing(): TpmError {
  return new TpmError(
    "DeviceMissing",
    "no TPM under /sys/class/tpm and no /dev/tpmrm0: enable the TPM in the firmware setup, or use emulate-tpm or another auth in the registration",
  );
}

async function requireVersion2(root: string, name: string): Promise<void> {
  const version = await readFile(join(root, "sys/class/tpm", name, "tpm_version_major"), "utf8").catch(() => "");
  if (version.trim() !== "1") return;
  throw new TpmError(
    "DeviceMissing",
    `${name} is a TPM 1.2, only TPM 2.0 is supported: switch its version in the firmware setup`,
  );
}

async function openCharacterDevice(path: string): Promise<TpmDevice> {
  const file = await open(path, "r+");
  let closed: Promise<void> | undefined;
  return {
    async transmit(command) {
      try {
        await file.write(command);
        const { buffer, bytesRead } = await file.read(Buffer.alloc(maxResponseLength), 0, maxResponseLength, null);
        return buffer.subarray(0, bytesRead);
      } catch (cause) {
        throw new TpmError("DeviceUnavailable", `${path} failed: ${reason(cause)}; see the kernel log`, { cause });
      }
    },
    close() {
      closed ??= file.close();
      return closed;
    },
  };
}

function unavailable(paths: string[], failures: unknown[]): TpmError {
  const codes = failures.map(codeOf);
  const hint = codes.includes("EBUSY")
    ? "another program holds it; stop it and try again"
    : codes.includes("EACCES") || codes.includes("EPERM")
      ? "run as root"
      : "is the device node there?";
  const tried = paths.map((path, index) => `${path}: ${reason(failures[index])}`).join(", ");
  return new TpmError("DeviceUnavailable", `cannot open the TPM (${tried}); ${hint}`, { cause: failures[0] });
}

function reason(error: unknown): string {
  return codeOf(error) ?? String(error);
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
