import { rm } from "node:fs/promises";
import { Closers, createLogger } from "@elemental/service";
import { runUntilStopped } from "../run-until-stopped.ts";
import { startStandalone } from "../standalone.ts";
import { type QuickstartOptions, quickstartHelp, quickstartOptions } from "./options.ts";
import { lineProgress } from "./progress.ts";
import { runFlow } from "./run.ts";
import { checkWritable, readable, summarize, writeSummary } from "./summary.ts";
import { reachableByGuests } from "./vm/guest-network.ts";

const shutdownDeadlineMs = 15_000;

await runUntilStopped(async (stopped) => {
  const options = quickstartOptions(process.argv.slice(2));
  if (!options) return void process.stdout.write(`${quickstartHelp}\n`);
  try {
    await quickstart(options, stopped);
  } finally {
    if (options.temporary) await rm(options.standalone.dataDir, { recursive: true, force: true });
  }
});

async function quickstart(options: QuickstartOptions, stopped: Promise<void>): Promise<void> {
  const { json, exit } = options;
  if (json) await checkWritable(json);
  const progress = lineProgress(process.stdout);
  const log = createLogger({ name: "quickstart", level: options.standalone.logLevel, destination: process.stderr });
  const settings = options.vm ? await reachableByGuests(options.standalone) : options.standalone;
  const closers = new Closers(log);
  try {
    const standalone = await progress.step("start", "Start the Kubernetes API, Redis and all services", () =>
      startStandalone(settings, log),
    );
    closers.add("standalone", async () => void (await standalone.close()));
    const result = await Promise.race([runFlow(standalone, options, { progress, closers }), interruption(stopped)]);
    if (json) await writeSummary(json, summarize(result, standalone, progress));
    process.stdout.write(readable(result, standalone, !exit));
    if (!exit) await stayUp(stopped);
  } finally {
    await closers.closeAll(shutdownDeadlineMs);
  }
}

async function stayUp(stopped: Promise<void>): Promise<void> {
  process.stdout.write("\nEverything stays up until you press Ctrl-C.\n");
  await stopped;
  process.stdout.write("Stopping ...\n");
}

async function interruption(stopped: Promise<void>): Promise<never> {
  await stopped;
  throw new Error("Interrupted; everything is being stopped.");
}
