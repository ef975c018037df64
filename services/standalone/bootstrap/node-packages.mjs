import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const stamp = "node_modules/.installed-from";
const node = "node_modules/.bin/node";

/** Installs the locked npm packages unless node_modules was made from this very lock file. Throws when npm fails. */
export function ensureNodePackages() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 20) throw new Error(`Node ${process.versions.node} is too old: install Node 20 or newer.`);
  const wanted = createHash("sha256").update(readFileSync("package-lock.json")).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted && existsSync(node)) return;
  console.log("Installing npm packages (once) ...");
  const npm = process.env.npm_execpath;
  const [file, prefix] = npm ? [process.execPath, [npm]] : ["npm", []];
  const result = spawnSync(file, [...prefix, "ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    stdio: "inherit",
  });
  if (result.status !== 0) throw new Error("npm ci failed; its output above says why. Mend that and run this again.");
  writeFileSync(stamp, wanted);
}

/** Path of the Node that the project pins; every script runs on it, whatever the host has. */
export function pinnedNode() {
  if (!existsSync(node)) throw new Error("The pinned Node is missing from node_modules: run `npm ci` and try again.");
  return node;
}
