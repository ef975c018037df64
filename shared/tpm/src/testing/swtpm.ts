import { type ChildProcess, execFile, spawn } from "node:child_process";
import type { KeyObject } from "node:crypto";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
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

/** The authority that swtpm makes for itself: a root and an issuer below it. */
export interface SwtpmAuthority {
  /** PEM texts. */
  root: string;
  issuer: string;
}

/**
 * Writes a manufactured TPM state with RSA and ECC EK certificates into `dir`; startSwtpm then uses it. The authority is
 * made in `authorityDir`, or used where it is there already: several TPMs may have the same.
 */
export async function manufactureSwtpm(
  dir: string,
  authorityDir = join(dir, "ca"),
  pcrBank: "sha256" | "sha1" = "sha256",
): Promise<SwtpmAuthority> {
  await mkdir(dir, { recursive: true });
  await mkdir(authorityDir, { recursive: true });
  const inAuthority = (name: string) => join(authorityDir, name);
  const config = join(dir, "swtpm_setup.conf");
  await writeFile(
    inAuthority("localca.conf"),
    [
      `statedir = ${authorityDir}`,
      `signingkey = ${inAuthority("signkey.pem")}`,
      `issuercert = ${inAuthority("issuercert.pem")}`,
      `certserial = ${inAuthority("certserial")}\n`,
    ].join("\n"),
  );
  await writeFile(
    inAuthority("localca.options"),
    "--platform-manufacturer Test\n--platform-version 1.0\n--platform-model Test\n",
  );
  await writeFile(
    config,
    [
      "create_certs_tool = swtpm_localca",
      `create_certs_tool_config = ${inAuthority("localca.conf")}`,
      `create_certs_tool_options = ${inAuthority("localca.options")}`,
      `active_pcr_banks = ${pcrBank}\n`,
    ].join("\n"),
  );
  const files = ["--tpmstate", dir, "--config", config];
  await run("swtpm_setup", ["--tpm2", ...files, "--create-ek-cert", "--lock-nvram", "--overwrite"]);
  return {
    root: await readFile(inAuthority("swtpm-localca-rootca-cert.pem"), "utf8"),
    issuer: await readFile(inAuthority("issuercert.pem"), "utf8"),
  };
}

/** Lets an authority of manufactureSwtpm certify a P-256 endorsement key, which swtpm_setup does not; returns the DER. */
export async function certifyEccKey(authorityDir: string, key: KeyObject): Promise<Buffer> {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  const hex = (coordinate: string) => Buffer.from(coordinate, "base64url").toString("hex");
  const files = ["--dir", authorityDir, "--configfile", join(authorityDir, "localca.conf")];
  const tpm = ["--tpm-manufacturer", "id:00001014", "--tpm-model", "test", "--tpm-version", "id:00000001"];
  const spec = ["--tpm-spec-family", "2.0", "--tpm-spec-level", "0", "--tpm-spec-revision", "164"];
  const ek = ["--type", "ek", "--ek", `x=${hex(x)},y=${hex(y)},id=secp256r1`];
  await run("swtpm_localca", [...ek, "--tpm2", ...files, ...tpm, ...spec]);
  return readFile(join(authorityDir, "ek.cert"));
}
