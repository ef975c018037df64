import { randomBytes } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Command, helpFlag, versionFlag } from "../cli/command.ts";
import { helpText } from "../cli/help.ts";
import { parseArguments } from "../cli/parse.ts";
import { messageOf } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { readHostname } from "../host/hostname.ts";
import { createLog } from "../output/log.ts";
import { oneLine } from "../output/one-line.ts";
import { FAILURE_STATUS, type Output } from "../program.ts";
import { formatTimestamp } from "../state/state.ts";
import { versionLine } from "../version.ts";
import { SupportArchive } from "./archive.ts";
import { copyFiles } from "./copy-files.ts";
import { collectKubernetes } from "./kubernetes.ts";
import { collectJournals, collectVersions } from "./run-programs.ts";
import { encodeTar } from "./tar.ts";

export const supportCommand: Command = {
  name: "elemental-support",
  aliases: [],
  summary: "Collects what is needed to analyse a problem of this machine into one archive",
  usage: "elemental-support [flags]",
  flags: [
    { name: "debug", short: "d", type: "bool", usage: "verbose logging" },
    { name: "output", short: "o", type: "string", usage: "directory of the archive (the working directory)" },
    versionFlag,
    helpFlag,
  ],
};

/** `elemental-support` with its arguments, up to its exit status; missing sources are only warnings. Never throws. */
export async function elementalSupport(args: readonly string[], host: Host, output: Output): Promise<number> {
  let log = createLog({ format: "text", debug: false, write: output.stderr });
  try {
    const { given } = parseArguments(args, supportCommand.flags);
    log = createLog({ format: "text", debug: given.get("debug") === true, write: output.stderr });
    if (given.get("help") === true) {
      output.stdout(helpText(supportCommand));
      return 0;
    }
    log.record("info", versionLine("Support"));
    if (given.get("version") === true) return 0;
    const archive = new SupportArchive();
    archive.add("elemental-support.version", `${versionLine("Support")}\n`);
    copyFiles(host, archive, log);
    await collectJournals(host, archive);
    await collectVersions(host, archive);
    await collectKubernetes(host, archive, log);
    const directory = given.get("output");
    const path = write(host, archive, typeof directory === "string" ? directory : process.cwd());
    log.step("ok", `written: ${path}`);
    return 0;
  } catch (error) {
    log.record("fatal", oneLine(messageOf(error)));
    return FAILURE_STATUS;
  }
}

/** Packs the archive, readable by its owner alone; returns its path. */
function write(host: Host, archive: SupportArchive, directory: string): string {
  const now = new Date();
  const time = formatTimestamp(now).replace(/\.\d+/, "").replaceAll(":", "");
  const path = join(directory, `${readHostname(host)}-${time}.tar.gz`);
  const entries = archive.entries(`elemental-support-${randomBytes(5).toString("hex")}`);
  writeFileSync(path, gzipSync(encodeTar(entries, now)), { mode: 0o600 });
  chmodSync(path, 0o600);
  return path;
}
