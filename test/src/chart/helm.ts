import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const launcher = fileURLToPath(new URL("../../../../shared/kube/kube", import.meta.url));

/** Paths of the charts. */
export const charts = {
  definitions: fileURLToPath(new URL("../../../charts/elemental-crds", import.meta.url)),
  operator: fileURLToPath(new URL("../../../charts/elemental-operator", import.meta.url)),
};

const folders = [
  ...(existsSync(launcher) ? [execFileSync(launcher, ["path"], { encoding: "utf8" }).trim()] : []),
  ...(process.env.PATH ?? "").split(delimiter),
];

function find(program: string): string | undefined {
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

const programs = { helm: find("helm"), kubectl: find("kubectl") };

/** Why suites that need helm or kubectl are skipped; empty when both are there. */
export const helmMissing = programs.helm && programs.kubectl ? "" : "helm or kubectl is not installed";

/** Runs helm or kubectl and resolves with what it prints; rejects with its error output. */
export async function tool(program: keyof typeof programs, args: string[], kubeconfig?: string): Promise<string> {
  const path = programs[program];
  if (path === undefined) throw new Error(helmMissing);
  const env = { ...process.env, ...(kubeconfig && { KUBECONFIG: kubeconfig }) };
  const { stdout } = await run(path, args, { env, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}
