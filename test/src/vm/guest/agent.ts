// Stands in for the system agent in the virtual machine: it follows its plan through the agent gateway with the credentials
// that the register client left, writes the plan's files and executes its instructions.
import { spawnSync } from "node:child_process";
import { startAgent } from "../../machine/agent/agent.ts";

startAgent({
  root: "/",
  onLine: (line) => process.stdout.write(`${line}\n`),
  succeeds: ({ command = "true", args }) => spawnSync(command, args ?? [], { stdio: "inherit" }).status === 0,
});
