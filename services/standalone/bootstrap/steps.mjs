import { spawn } from "node:child_process";
import { constants } from "node:os";
import { delimiter, resolve } from "node:path";

/** @param {import("./commands.mjs").Step} step @param {string} node @returns {Promise<number>} the step's exit code */
function runStep(step, node) {
  const path = `${resolve("node_modules/.bin")}${delimiter}${process.env.PATH}`;
  const env = { ...process.env, PATH: path, ...step.env };
  const child = spawn(node, [step.script, ...(step.args ?? [])], { stdio: "inherit", env });
  // A terminal's Ctrl-C reaches the child by itself; this process only must outlive it. A TERM is passed on.
  const ignore = () => {};
  const forward = () => child.kill("SIGTERM");
  process.on("SIGINT", ignore).on("SIGTERM", forward);
  // npm ends at a TERM without passing it on; its end is seen by a new parent.
  const parent = process.ppid;
  const watch = setInterval(() => process.ppid !== parent && forward(), 250).unref();
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("exit", (code, signal) => {
      clearInterval(watch);
      process.off("SIGINT", ignore).off("SIGTERM", forward);
      done(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

/**
 * Runs the steps in order and stops at the first that fails.
 * @param {import("./commands.mjs").Step[]} steps
 * @param {string} node
 * @returns {Promise<number>} the exit code of the last step that ran
 */
export async function runSteps(steps, node) {
  for (const step of steps) {
    if (!step.interactive) console.log(`\n== ${step.title}${step.skip ? `: skipped, ${step.skip}` : ""}`);
    if (step.skip) continue;
    const code = await runStep(step, node);
    if (code !== 0) return code;
  }
  return 0;
}
