// Stands in for the toolkit's `elemental` in the virtual machine: it records how it is called, runs the stages of the
// cloud-config documents for real, and installs the demo system to the disk.

import { install } from "./install.ts";
import { powerAction } from "./power.ts";
import { recordCall, type StubRecord } from "./record.ts";
import { runStages } from "./stages.ts";

/** Exit statuses of the toolkit. */
const WRONG_SPECIFICATION = 33;
const NO_TARGET = 47;

function main(argv: string[]): number {
  const words = argv.filter(
    (word, index) => !/^--(debug|config-dir)$/.test(word) && argv[index - 1] !== "--config-dir",
  );
  const [command, ...rest] = words;
  switch (command) {
    case "version":
      process.stdout.write("v2.3.0-demo\n");
      return 0;
    case "run-stage":
      for (const stage of rest) runStages(stage);
      return 0;
    case "install":
      return rest.length === 0 ? installTo(recordCall(argv)) : WRONG_SPECIFICATION;
    default:
      return WRONG_SPECIFICATION;
  }
}

function installTo(record: StubRecord): number {
  const target = record.env["ELEMENTAL_INSTALL_TARGET"];
  if (!target) return NO_TARGET;
  const status = install(target, record);
  if (status === 0) powerAction(record.env);
  return status;
}

process.exitCode = main(process.argv.slice(2));
