// Command line of the simulated machine: `node test/src/machine/main.ts --help`.
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { parseArgs } from "node:util";
import { createMachine } from "./machine.ts";
import type { MachineTpm } from "./tpm.ts";

const usage = `Simulates one machine: the real register client runs on a made-up file system, and a stand-in of the system agent
applies plans by writing their files there. Hardware, the toolkit's "elemental" and the agent are simulated.

  --registration FILE  registration file, as on the seed image (required)
  --name NAME          host name; serial number, UUID and MAC derive from it
  --tpm KIND           swtpm (default), emulated or none
  --dir DIRECTORY      keep the machine there; a temporary directory otherwise
  --once               stop after the first plan was applied
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      registration: { type: "string" },
      name: { type: "string", default: `sim-${hostname()}-${process.pid}` },
      tpm: { type: "string", default: "swtpm" },
      dir: { type: "string" },
      once: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help || values.registration === undefined || !isTpm(values.tpm)) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const registration = await readFile(values.registration, "utf8");
  const { name, tpm } = values;
  const directory = values.dir === undefined ? {} : { directory: values.dir };
  const machine = await createMachine({ name, registration, tpm, onLine: console.log, ...directory });
  try {
    const { status } = await machine.register();
    if (status !== 0) return status;
    const agent = machine.startAgent();
    await agent.applied();
    if (!values.once) await new Promise((resolve) => process.once("SIGINT", resolve));
    return 0;
  } finally {
    await machine.stop();
  }
}

function isTpm(text: string): text is MachineTpm {
  return ["swtpm", "emulated", "none"].includes(text);
}

process.exitCode = await main();
