export { type Controller, type Operation, type Outcome, type Source, TerminalError } from "./contract.ts";
export type { ControllerMetrics, Logger, RunResult } from "./ports.ts";
export { contentChanged } from "./runner/relevance.ts";
export { type RunningController, type RunOptions, run } from "./runner/run.ts";
