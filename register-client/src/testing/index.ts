export { createHostTree, type DiskFacts, defaultFacts, type HostFacts, type NicFacts, writeTree } from "./host-tree.ts";
export { createLab, type Lab, labLimits, type RunResult } from "./lab.ts";
export { type LiveSystem, liveSystem } from "./live-system.ts";
export { addHostPrograms, addProgram, addRecorder, addSystemRecorders, quotedText } from "./programs.ts";
export {
  type Answer,
  type Challenge,
  type Exchange,
  errorAnswer,
  type ScriptedServer,
  type ServerScript,
  sendFragments,
  startScriptedServer,
} from "./registration-server.ts";
export { addToolkit, type ParsedStep, type ParsedYip, type ToolkitRecord, toolkitRecord } from "./toolkit.ts";
export { tpmChallenge } from "./tpm-challenge.ts";
