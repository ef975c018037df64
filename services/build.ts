// Bundles every program into dist/: one file each, with its dependencies inside, for images and start-up time.
import { rm } from "node:fs/promises";
import { build } from "esbuild";

const programs: Record<string, string> = {
  "registration-api": "services/registration-api/src/main.ts",
  "inventory-controller": "services/inventory-controller/src/main.ts",
  "selector-controller": "services/selector-controller/src/main.ts",
  "osversion-syncer": "services/osversion-syncer/src/main.ts",
  "elemental-operator": "services/osversion-syncer/src/command/main.ts",
  "seedimage-builder": "services/seedimage-builder/src/main.ts",
  "iso-builder": "iso-builder/src/main.ts",
  "elemental-register": "register-client/src/main.ts",
  "elemental-support": "register-client/src/support/main.ts",
};

/** CommonJS dependencies inside an ES module bundle still call `require` for Node's own modules. */
const banner = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

await rm("dist", { recursive: true, force: true });
const result = await build({
  entryPoints: programs,
  outdir: "dist",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node24",
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  sourcemap: "linked",
  legalComments: "external",
  banner: { js: banner },
  metafile: true,
  logLevel: "warning",
});
for (const [file, { bytes }] of Object.entries(result.metafile.outputs)) {
  if (file.endsWith(".mjs")) console.log(`${file}  ${Math.round(bytes / 1024)} KiB`);
}
