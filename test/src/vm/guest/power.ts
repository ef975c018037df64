import { run, say } from "./run.ts";

/** Ends the machine as the installation's variables say; a reboot wins over a power-off, neither leaves it running. */
export function powerAction(env: Readonly<Record<string, string>>): void {
  const action = env["ELEMENTAL_REBOOT"] === "true" ? "reboot" : env["ELEMENTAL_POWEROFF"] === "true" ? "poweroff" : "";
  if (action === "") return;
  say(action);
  run("sync");
  run(action, "-f");
}
