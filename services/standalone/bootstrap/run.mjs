// Entry point of the npm scripts. Runs on the host's Node (20 or newer) without any dependency: installs what is
// missing, then hands over to the pinned Node of node_modules.
import { commands } from "./commands.mjs";
import { ensureNodePackages, pinnedNode } from "./node-packages.mjs";
import { runSteps } from "./steps.mjs";
import { ensureSystemPackages } from "./system-packages.mjs";

const [name = "", ...args] = process.argv.slice(2);
const command = commands[name];

if (!command) {
  console.error(`Unknown command "${name}". Known: ${Object.keys(commands).join(", ")}.`);
  process.exit(2);
}

try {
  ensureNodePackages();
  if (!args.includes("--help"))
    ensureSystemPackages(typeof command.needs === "function" ? command.needs(args) : command.needs);
  process.exitCode = await runSteps(command.steps(args), pinnedNode());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
