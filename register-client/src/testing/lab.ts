import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localHost } from "../host/host.ts";
import { elementalRegister } from "../program.ts";
import { createHostTree, defaultFacts, type HostFacts, writeTree } from "./host-tree.ts";
import { addHostPrograms, addSystemRecorders } from "./programs.ts";

/** What a run of the program left behind. */
export interface RunResult {
  status: number;
  stdout: string;
  stderr: string;
}

/** A machine in a temporary directory on which the client can be run within the test's process. */
export interface Lab extends Disposable {
  root: string;
  env: Record<string, string>;
  write(files: Readonly<Record<string, string>>): void;
  read(path: string): string;
  has(path: string): boolean;
  run(...args: string[]): Promise<RunResult>;
}

/** Time limits of tests: long enough for a busy machine, short enough to wait for. */
export const labLimits = { handshakeMs: 5_000, conversationMs: 2_000 };

export function createLab(facts: Partial<HostFacts> = {}): Lab {
  const root = mkdtempSync(join(tmpdir(), "register-lab-"));
  const all = { ...defaultFacts, ...facts };
  createHostTree(root, all);
  addHostPrograms(root, all);
  addSystemRecorders(root);
  const env: Record<string, string> = { PATH: `${root}/bin:${process.env["PATH"]}` };
  return {
    root,
    env,
    write: (files) => writeTree(root, files),
    read: (path) => readFileSync(join(root, path), "utf8"),
    has: (path) => existsSync(join(root, path)),
    async run(...args) {
      const result: RunResult = { status: 0, stdout: "", stderr: "" };
      result.status = await elementalRegister(
        args,
        localHost(env, root),
        {
          stdout: (text) => {
            result.stdout += text;
          },
          stderr: (text) => {
            result.stderr += text;
          },
        },
        labLimits,
      );
      return result;
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}
