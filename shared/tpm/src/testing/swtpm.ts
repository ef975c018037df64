import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import type { SwtpmAddress } from "../device/swtpm.ts";

const run = promisify(execFile);

/** How to get swtpm where it is missing. */
export const swtpmInstallHint = "apt-get install -y swtpm swtpm-tools";

/** Whether swtpm is on the PATH; a test that needs it skips with swtpmInstallHint otherwise. */
export async function hasSwtpm(): Promise<boolean> {
  return run("swtpm", ["--version"]).then(
    () => true,
    () => false,
  );
}

export interface Swtpm {
  /** Its data channel; pass as `{ kind: "swtpm", address }` to openAttestor. */
  address: SwtpmAddress;
  /** Its control channel, only needed with `waitForInit`. */
  control: SwtpmAddress;
  /** Ends the process; the state stays in the directory. */
  stop(): Promise<void>;
}

export interface SwtpmOptions {
  /** Whether the TPM waits for an initialisation over its control channel, as under a hypervisor. */
  waitForInit?: boolean;
}

const startTimeoutMs = 10_000;

/**
 * Starts a software TPM with its state and its sockets in `dir`, which is created when missing. A unix socket path has
 * at most 107 bytes, so `dir` must be short. The same directory is the same TPM again.
 */
export async function startSwtpm(dir: string, { waitForInit = false }: SwtpmOptions = {}): Promise<Swtpm> {
  await mkdir(dir, { recursive: true });
  const address = { path: join(dir, "tpm.sock") };
  const control = { path: join(dir, "ctrl.sock") };
  const child = spawn(
    "swtpm",
    [
      ["socket", "--tpm2", "--tpmstate", `dir=${dir}`],
      ["--server", `type=unixio,path=${address.path}`, "--ctrl", `type=unixio,path=${control.path}`],
      waitForInit ? [] : ["--flags", "not-need-init,startup-clear"],
    ].flat(),
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  await listening(child, address.path);
  return { address, control, stop: () => stop(child) };
}

async function listening(child: ChildProcess, path: string): Promise<void> {
  let errors = "";
  child.stderr?.on("data", (chunk) => {
    errors += chunk;
  });
  const failed = once(child, "error").then(([error]) => Promise.reject(error));
  const exited = once(child, "exit").then(() => Promise.reject(new Error(`swtpm did not start: ${errors.trim()}`)));
  const deadline = Date.now() + startTimeoutMs;
  const up = async () => {
    while (!(await accepts(path))) {
      if (Date.now() > deadline) throw new Error(`swtpm does not listen on ${path}`);
      await delay(10);
    }
  };
  exited.catch(() => {});
  failed.catch(() => {});
  await Promise.race([failed, exited, up()]);
}

function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}

/** Writes a manufactured TPM state with RSA and ECC EK certificates into `dir`; startSwtpm then uses it. */
export async function manufactureSwtpm(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  await run("swtpm_setup", ["--tpm2", "--tpmstate", dir, "--create-ek-cert", "--lock-nvram", "--overwrite"]);
}
