import type { HostFacts } from "./host-tree.ts";
import { createLab, type Lab } from "./lab.ts";
import { type ScriptedServer, type ServerScript, startScriptedServer } from "./registration-server.ts";
import { addToolkit } from "./toolkit.ts";

/** A machine with a recording toolkit, and the server that it will register with. */
export interface LiveSystem extends AsyncDisposable {
  lab: Lab;
  server: ScriptedServer;
}

/** The registration file is found both where a live system and where an installed one has it; MAC authentication. */
export async function liveSystem(script: ServerScript, facts: Partial<HostFacts> = {}): Promise<LiveSystem> {
  const server = await startScriptedServer(script);
  const lab = createLab(facts);
  const registration = `elemental: {registration: {url: "${server.url}", auth: mac, labels: {env: prod}}}\n`;
  lab.write({
    "run/initramfs/live/livecd-cloud-config.yaml": registration,
    "oem/registration/config.yaml": registration,
  });
  addToolkit(lab);
  return {
    lab,
    server,
    async [Symbol.asyncDispose]() {
      await server.close();
      lab[Symbol.dispose]();
    },
  };
}
