import { encodeYaml, type YamlMap, type YamlNode } from "@elemental/protocol";

/** A file that a step of a yip document writes, mode 0600, owned by root. */
export interface YipFile {
  path: string;
  content: string;
}

export interface YipStep {
  name?: string;
  /** Shell condition. */
  if?: string;
  /** Created with mode 0700. */
  directories?: string[];
  files?: YipFile[];
  commands?: string[];
}

/** A stage-based document of the toolkit: stage name -> its steps. */
export interface YipDocument {
  name: string;
  stages: Readonly<Record<string, readonly YipStep[]>>;
}

const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

export function yipText({ name, stages }: YipDocument): string {
  const steps = Object.entries(stages).map(([stage, list]): [string, YamlNode] => [stage, list.map(stepNode)]);
  return encodeYaml(
    new Map<string, YamlNode>([
      ["name", name],
      ["stages", new Map(steps)],
    ]),
  );
}

function stepNode(step: YipStep): YamlMap {
  const node: YamlMap = new Map();
  if (step.name !== undefined) node.set("name", step.name);
  if (step.if !== undefined) node.set("if", step.if);
  if (step.directories)
    node.set(
      "directories",
      step.directories.map((path) => entry(path, DIRECTORY_MODE)),
    );
  if (step.files) node.set("files", step.files.map(fileNode));
  if (step.commands) node.set("commands", [...step.commands]);
  return node;
}

function entry(path: string, mode: number): YamlMap {
  return new Map<string, YamlNode>([
    ["path", path],
    ["permissions", mode],
    ["owner", 0],
    ["group", 0],
  ]);
}

function fileNode({ path, content }: YipFile): YamlMap {
  return entry(path, FILE_MODE).set("content", content).set("encoding", "");
}
