import { chmod, copyFile, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { runTool } from "../../media/index.ts";
import { repository } from "./files.ts";

/** CommonJS dependencies inside an ES module bundle still call `require` for Node's own modules. */
const banner = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** Where the stand-ins and the Node that runs them lie in the live system. */
const folder = "usr/lib/elemental-demo";

/** Puts the register client and the stand-ins of `elemental` and of the system agent into the live system's tree. */
export async function addPrograms(tree: string): Promise<void> {
  await mkdir(join(tree, folder), { recursive: true });
  await copyFile(process.execPath, join(tree, folder, "node"));
  await build({
    entryPoints: {
      elemental: join(repository, "test/src/vm/guest/elemental.ts"),
      agent: join(repository, "test/src/vm/guest/agent.ts"),
    },
    outdir: join(tree, folder),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    banner: { js: banner },
    logLevel: "warning",
  });
  await addLauncher(tree, "usr/bin/elemental", "elemental");
  await addLauncher(tree, "usr/sbin/elemental-system-agent", "agent");
  await addRegisterClient(tree);
}

/** The executables as `npm run build:register` makes them. */
async function addRegisterClient(tree: string): Promise<void> {
  const output = `${tree}-register-client`;
  await runTool(process.execPath, ["register-client/src/build/main.ts", "--out-dir", output], repository);
  for (const name of ["elemental-register", "elemental-support"]) {
    await rename(join(output, `linux-${process.arch}`, name), join(tree, "usr/sbin", name));
  }
}

async function addLauncher(tree: string, path: string, program: string): Promise<void> {
  await writeFile(join(tree, path), `#!/bin/sh\nexec /${folder}/node /${folder}/${program}.mjs "$@"\n`);
  await chmod(join(tree, path), 0o755);
}
