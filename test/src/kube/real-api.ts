import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Starts a control plane of its own for tests; not everybody who has the project has it. */
export const launcher = fileURLToPath(new URL("../../../../shared/kube/kube", import.meta.url));

export interface ApiUnderTest {
  kubeconfig: string;
  /** Of a control plane that was started by the launcher. */
  directory?: string;
  stop(): Promise<void>;
}

export function launcherAvailable(): boolean {
  return existsSync(launcher);
}

/** Whether a real kube-apiserver can be had: the launcher beside the project, or the user's KUBECONFIG. */
export function realApiAvailable(): boolean {
  return launcherAvailable() || Boolean(process.env.KUBECONFIG);
}

/** Starts a real kube-apiserver in a temporary directory, or uses the one of KUBECONFIG. */
export async function startRealApi(): Promise<ApiUnderTest> {
  if (!launcherAvailable()) {
    const kubeconfig = process.env.KUBECONFIG;
    if (!kubeconfig) throw new Error("No kube-apiserver: set KUBECONFIG to a cluster made for tests.");
    return { kubeconfig, stop: async () => {} };
  }
  const dir = await mkdtemp(join(tmpdir(), "elemental-kube-"));
  const { stdout } = await run(launcher, ["up", dir]);
  const stop = async () => {
    await run(launcher, ["down", dir]);
    await rm(dir, { recursive: true, force: true });
  };
  return { kubeconfig: stdout.trim().split("\n").at(-1) ?? join(dir, "kubeconfig"), directory: dir, stop };
}
