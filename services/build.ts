// Bundles every program into dist/ with its dependencies inside, for images and start-up time. The services share their
// common code, and load what only some clusters need (credential plugins of a kubeconfig) when it is needed.
import { rm } from "node:fs/promises";
import { type BuildOptions, build } from "esbuild";
import { currentRelease, definitions } from "../register-client/src/build/release.ts";

const services = [
  "registration-api",
  "inventory-controller",
  "selector-controller",
  "osversion-syncer",
  "seedimage-builder",
];

/** Programs of one file each. */
const programs: Record<string, string> = {
  "elemental-operator": "services/osversion-syncer/src/command/main.ts",
  "iso-builder": "iso-builder/src/main.ts",
  "elemental-register": "register-client/src/main.ts",
  "elemental-support": "register-client/src/support/main.ts",
};

/** CommonJS dependencies inside an ES module bundle still call `require` for Node's own modules. */
const banner = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

const common: BuildOptions = {
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node24",
  minify: true,
  // Errors and logs name classes.
  keepNames: true,
  sourcemap: "linked",
  legalComments: "external",
  banner: { js: banner },
  define: definitions(currentRelease()),
  metafile: true,
  logLevel: "warning",
};

await rm("dist", { recursive: true, force: true });
const results = await Promise.all([
  build({ ...common, entryPoints: programs, outdir: "dist" }),
  build({
    ...common,
    entryPoints: Object.fromEntries(services.map((name) => [name, `services/${name}/src/main.ts`])),
    outdir: "dist/services",
    splitting: true,
    chunkNames: "shared/[name]-[hash]",
  }),
]);
for (const [file, { bytes }] of results.flatMap(({ metafile }) => Object.entries(metafile?.outputs ?? {}))) {
  if (file.endsWith(".mjs")) console.log(`${file}  ${Math.round(bytes / 1024)} KiB`);
}
