// Stands in for the toolkit's `elemental` on a simulated machine: it records how it is called and runs the hook, but
// partitions nothing and deploys no image.
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { removePath } from "./place.ts";
import { callsFile, observeCall, type ToolkitCall } from "./toolkit-call.ts";
import { runStage, simulatedShell } from "./yip.ts";

/** Exit statuses of the toolkit. */
const WRONG_SPECIFICATION = 33;
const NO_TARGET = 47;

const root = process.env["ELEMENTAL_REGISTER_ROOT"] ?? "/nowhere";

function say(text: string): void {
  console.log(`[simulated elemental] ${text}`);
}

function runHooks({ hookFiles }: ToolkitCall, stage: string): void {
  const shell = simulatedShell(root, (command) => say(`not executed: ${command}`));
  for (const { text } of Object.values(hookFiles)) runStage(root, text, stage, shell);
}

function install(call: ToolkitCall): number {
  const target = call.env["ELEMENTAL_INSTALL_TARGET"];
  if (!target) return NO_TARGET;
  runHooks(call, "before-install");
  say(`installation to ${target}: hook executed, nothing partitioned or deployed`);
  return 0;
}

function reset(call: ToolkitCall): number {
  if (call.env["ELEMENTAL_RESET_PERSISTENT"] === "true") removePath(root, "/var/lib/elemental");
  if (call.env["ELEMENTAL_RESET_OEM"] === "true") removePath(root, "/oem");
  runHooks(call, "before-reset");
  runHooks(call, "post-reset");
  say("reset: partitions emptied as asked, hook executed, nothing deployed");
  return 0;
}

function main(argv: string[]): number {
  const words = argv.filter(
    (word, index) => word !== "--debug" && word !== "--config-dir" && argv[index - 1] !== "--config-dir",
  );
  if (words[0] === "version") {
    console.log("v2.3.0-simulated");
    return 0;
  }
  const call = observeCall(root, argv, process.env);
  mkdirSync(dirname(callsFile(root)), { recursive: true });
  appendFileSync(callsFile(root), `${JSON.stringify(call)}\n`, { mode: 0o600 });
  const forced = Number(process.env["STUB_FAIL"] ?? 0);
  if (forced !== 0) return forced;
  if (words.length !== 1) return WRONG_SPECIFICATION;
  if (words[0] === "install") return install(call);
  return words[0] === "reset" ? reset(call) : WRONG_SPECIFICATION;
}

process.exitCode = main(process.argv.slice(2));
