import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { crdChart, type GeneratedFile } from "./chart.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** Paths below `root` whose text is not what would be generated, and generated ones that would be no more. */
async function outdated(files: GeneratedFile[]): Promise<string[]> {
  const stale = await Promise.all(
    files.map(async (file) => ((await current(file.path)) === file.text ? [] : [file.path])),
  );
  return [...stale.flat(), ...(await leftovers(files))];
}

async function current(path: string): Promise<string | undefined> {
  return readFile(join(root, path), "utf8").catch(() => undefined);
}

/** Manifests of kinds that exist no more; their directory holds nothing but generated files. */
async function leftovers(files: GeneratedFile[]): Promise<string[]> {
  const directory = "charts/elemental-crds/resources";
  const names = await readdir(join(root, directory)).catch(() => []);
  const paths = names.map((name) => `${directory}/${name}`);
  return paths.filter((path) => !files.some((file) => file.path === path));
}

async function write(files: GeneratedFile[]): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(join(root, file.path)), { recursive: true });
    await writeFile(join(root, file.path), file.text);
  }
  for (const path of await leftovers(files)) await rm(join(root, path));
}

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
const files = crdChart();
const changed = await outdated(files);
if (!values.check) {
  await write(files);
} else if (changed.length > 0) {
  console.error(`Not up to date, run "npm run generate":\n${changed.map((path) => `  ${path}`).join("\n")}`);
  process.exitCode = 1;
}
