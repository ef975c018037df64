import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { definitions, type Release } from "./release.ts";

/** Also the name of the source in stack traces. */
const script = "elemental-register.cjs";

/** Where Node finds its application: a script, options, and for this very Node the script's compiled form. */
export async function applicationBlob(release: Release, withCodeCache: boolean): Promise<Buffer> {
  const directory = mkdtempSync(join(tmpdir(), "elemental-register-"));
  try {
    writeFileSync(join(directory, script), await bundle(release));
    return makeBlob(directory, withCodeCache);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function bundle(release: Release): Promise<string> {
  const result = await build({
    entryPoints: ["register-client/src/executable.ts"],
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    target: "node24",
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    legalComments: "none",
    define: { ...definitions(release), "import.meta.url": '"file:///"' },
    logLevel: "warning",
  });
  return result.outputFiles[0]?.text ?? "";
}

/** NODE_OPTIONS is not honoured. The same bytes each time: paths are relative, V8's random numbers have a seed. */
function makeBlob(cwd: string, useCodeCache: boolean): Buffer {
  const options = { disableExperimentalSEAWarning: true, useCodeCache, execArgvExtension: "none" };
  writeFileSync(join(cwd, "sea-config.json"), JSON.stringify({ main: script, output: "application.blob", ...options }));
  const args = ["--random-seed=1", "--experimental-sea-config", "sea-config.json"];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`Node could not make the application: ${stderr}`);
  return readFileSync(join(cwd, "application.blob"));
}
