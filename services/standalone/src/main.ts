import { createLogger } from "@elemental/service";
import { describeFlags, parseFlags, sharedFlags, sharedOptions } from "./options/standalone-options.ts";
import { UsageError } from "./options/usage-error.ts";
import { runUntilStopped } from "./run-until-stopped.ts";
import { startStandalone } from "./standalone.ts";

const flags = {
  data: { type: "string", help: "directory that keeps everything; made when missing" },
  ...sharedFlags,
} as const;

const help = `Usage: npm run standalone -- --data DIR [flags]

Runs all services with an embedded Kubernetes API on this machine. It is for one machine: one administrator (the
certificate in DIR/kubeconfig), ServiceAccounts and roles are stored but not enforced.

${describeFlags(flags)}
`;

await runUntilStopped(async (stopped) => {
  const values = parseFlags(flags, process.argv.slice(2));
  if (values.help) return void process.stdout.write(help);
  if (!values.data) throw new UsageError("--data DIR is needed: the directory that keeps everything. See --help.");
  const options = sharedOptions(values, values.data);
  const log = createLogger({ name: "standalone", level: options.logLevel, destination: process.stderr });
  const standalone = await startStandalone(options, log);
  const { serverUrl, apiUrl, healthUrl, kubeconfig } = standalone;
  process.stdout.write(
    `ready registration=${serverUrl} kubernetes=${apiUrl} health=${healthUrl} kubeconfig=${kubeconfig}\n`,
  );
  await stopped;
  await standalone.close();
});
