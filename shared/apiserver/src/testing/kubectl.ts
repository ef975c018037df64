import { execFile, execFileSync, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Whether kubectl is on PATH. */
export function hasKubectl(): boolean {
  try {
    execFileSync("kubectl", ["version", "--client"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** kubectl for one API, with a cache of its own. */
export function kubectlFor(kubeconfig: string) {
  const environment = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: mkdtempSync(join(tmpdir(), "kubectl-")) };
  return {
    /** Runs one command to its end. */
    run(args: readonly string[], input = ""): Promise<Outcome> {
      return new Promise((resolve) => {
        const child = execFile("kubectl", args, { env: environment, timeout: 30_000 }, (error, stdout, stderr) =>
          resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
        );
        child.stdin?.end(input);
      });
    },
    /** Starts a command that goes on, and hands out its lines. */
    follow(args: readonly string[]) {
      const child = spawn("kubectl", args, { env: environment, stdio: ["ignore", "pipe", "inherit"] });
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      return {
        line: async (): Promise<string> => String((await lines.next()).value),
        stop: () => child.kill(),
      };
    },
  };
}
