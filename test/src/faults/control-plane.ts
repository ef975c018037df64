import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startRealApi } from "../kube/real-api.ts";

/** A real control plane of which the API server can be killed. */
export interface ControlPlane {
  kubeconfig: string;
  port: number;
  /** Kills the API server and starts it again with its data. */
  restartApiServer(downMs: number): Promise<void>;
  /** Writes a kubeconfig that reaches the API server through another port of this machine; its path. */
  kubeconfigThrough(port: number): Promise<string>;
  stop(): Promise<void>;
}

export async function startControlPlane(): Promise<ControlPlane> {
  const { kubeconfig, directory = "", stop } = await startRealApi();
  const text = await readFile(kubeconfig, "utf8");
  const port = Number(/https:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1]);
  return {
    kubeconfig,
    port,
    restartApiServer: (downMs) => restart(directory, downMs),
    async kubeconfigThrough(other) {
      const file = join(directory, `kubeconfig-${other}`);
      await writeFile(file, text.replace(`127.0.0.1:${port}`, `127.0.0.1:${other}`));
      return file;
    },
    stop,
  };
}

async function restart(directory: string, downMs: number): Promise<void> {
  const pidFile = join(directory, "apiserver.pid");
  const pid = Number(await readFile(pidFile, "utf8"));
  const [program = "", ...args] = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0").slice(0, -1);
  process.kill(pid, "SIGKILL");
  await delay(downMs);
  const log = openSync(join(directory, "apiserver.log"), "a");
  const child = spawn(program, args, { cwd: directory, detached: true, stdio: ["ignore", log, log] });
  child.unref();
  await writeFile(pidFile, `${child.pid}`);
}
