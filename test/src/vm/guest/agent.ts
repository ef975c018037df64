// Stands in for the system agent in the virtual machine: it follows its plan through the agent gateway with the credentials
// that the register client left, writes the plan's files and executes its instructions.
import { spawnSync } from "node:child_process";
import { startAgent } from "../../machine/agent/agent.ts";

/** Longer than any instruction of ours takes on an emulated machine. */
const timeoutMs = 300_000;

startAgent({
  root: "/",
  onLine: (line) => process.stdout.write(`${line}\n`),
  run({ command = "true", args }) {
    const { status, stdout, stderr } = spawnSync(command, args ?? [], { encoding: "utf8", timeout: timeoutMs });
    process.stdout.write(`[demo agent] ${command}: status ${status}\n${stdout}${stderr}`);
    return { succeeded: status === 0, output: stdout + stderr };
  },
});
