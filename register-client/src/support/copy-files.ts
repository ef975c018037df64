import { lstatSync, readFileSync, realpathSync, statSync } from "node:fs";
import { parseTree } from "../config/tree.ts";
import { messageOf } from "../errors.ts";
import { listNames, readText } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import type { Log } from "../output/log.ts";
import { redactText } from "../output/redact-text.ts";
import type { SupportArchive } from "./archive.ts";
import {
  elementalAppliedDirectory,
  oemDirectories,
  rancherAgentConfig,
  rancherAppliedDirectory,
  singleFiles,
} from "./sources.ts";

/** Copies the files and directories of the machine; what is missing is only reported. */
export function copyFiles(host: Host, archive: SupportArchive, log: Log): void {
  for (const [name, path] of Object.entries(singleFiles)) {
    const text = readText(host, path);
    if (text === undefined) log.record("warning", `cannot read ${path}`);
    else archive.add(name, text);
  }
  for (const directory of [elementalAppliedDirectory, rancherApplied(host), ...oemDirectories]) {
    copyTree(host, directory, { top: directory, archive, log });
  }
}

/** Where the Rancher agent keeps its applied plans. */
function rancherApplied(host: Host): string {
  try {
    const tree = parseTree(readText(host, rancherAgentConfig) ?? "");
    const member = tree?.kind === "map" ? tree.members.get("appliedPlanDirectory") : undefined;
    return member?.kind === "scalar" && member.text.startsWith("/") ? member.text : rancherAppliedDirectory;
  } catch {
    return rancherAppliedDirectory;
  }
}

interface TreeCopy {
  /** The directory the copy began with; links may not leave it. */
  top: string;
  archive: SupportArchive;
  log: Log;
}

function copyTree(host: Host, directory: string, copy: TreeCopy): void {
  for (const name of listNames(host, directory)) {
    const path = `${directory.replace(/\/+$/, "")}/${name}`;
    try {
      copyEntry(host, path, copy);
    } catch (error) {
      copy.log.record("warning", `cannot copy ${path}: ${messageOf(error)}`);
    }
  }
}

function copyEntry(host: Host, path: string, copy: TreeCopy): void {
  const source = host.path(path);
  if (lstatSync(source).isSymbolicLink()) {
    if (!realpathSync(source).startsWith(`${realpathSync(host.path(copy.top))}/`)) {
      throw new Error("the link leads out of the copied directory");
    }
    if (!statSync(source).isFile()) throw new Error("the link is not to a file");
  } else if (statSync(source).isDirectory()) {
    copyTree(host, path, copy);
    return;
  }
  copy.archive.add(path, redacted(readFileSync(source)));
}

/** Text is redacted; what is no UTF-8 text is kept as it is. */
function redacted(content: Buffer): string | Buffer {
  const text = content.toString("utf8");
  return Buffer.from(text).equals(content) ? redactText(text) : content;
}
