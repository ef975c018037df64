import { placeDirectory, placeFile, removePath } from "../place.ts";
import type { Plan, PlanFile, PlanInstruction } from "./plan.ts";

/** What became of one plan. */
export interface PlanApplication {
  checksum: string;
  plan: Plan;
  succeeded: boolean;
  /** Instruction name -> what a real agent would have kept of its output. */
  outputs: Record<string, string>;
  /** Instructions that were reached. */
  instructions: PlanInstruction[];
}

/** What became of one instruction. */
export interface InstructionResult {
  succeeded: boolean;
  output: string;
}

export interface ApplyOptions {
  root: string;
  /** Carries out an instruction. */
  run: (instruction: PlanInstruction) => InstructionResult;
}

/** Stands in for carrying out an instruction. */
export function recordOnly(): InstructionResult {
  return { succeeded: true, output: "simulated: this instruction was not executed\n" };
}

/** Applies a plan in its order: files are written below the machine's root, then the instructions are run. */
export function applyPlan(plan: Plan, checksum: string, { root, run }: ApplyOptions): PlanApplication {
  for (const file of plan.files ?? []) place(root, file);
  const instructions: PlanInstruction[] = [];
  const outputs: Record<string, string> = {};
  let succeeded = true;
  for (const instruction of plan.instructions ?? []) {
    instructions.push(instruction);
    const result = run(instruction);
    if (instruction.saveOutput) outputs[instruction.name ?? ""] = result.output;
    succeeded = result.succeeded;
    if (!succeeded) break;
  }
  return { checksum, plan, succeeded, outputs, instructions };
}

function place(root: string, { path, content = "", permissions, directory, action }: PlanFile): void {
  const mode = Number.parseInt(permissions || (directory ? "0755" : "0600"), 8);
  if (action === "delete") removePath(root, path);
  else if (directory) placeDirectory(root, path, mode);
  else placeFile(root, path, Buffer.from(content, "base64"), mode);
}
