export type { Agent, AgentOptions } from "./agent/agent.ts";
export type { PlanApplication } from "./agent/apply.ts";
export { machineFacts, machineSeed } from "./facts.ts";
export { createMachine, type Machine, type MachineOptions, type RegisterMode, type RegisterResult } from "./machine.ts";
export type { ToolkitCall } from "./toolkit-call.ts";
export type { MachineTpm } from "./tpm.ts";
