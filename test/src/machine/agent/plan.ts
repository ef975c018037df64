import { createHash } from "node:crypto";
import type { PlanSecret } from "./secret-api.ts";

export interface PlanFile {
  path: string;
  /** Base64. */
  content?: string;
  /** Octal text. */
  permissions?: string;
  directory?: boolean;
  action?: string;
}

export interface PlanInstruction {
  name?: string;
  command?: string;
  args?: string[] | null;
  image?: string;
  saveOutput?: boolean;
}

/** A plan as the operator writes it; everything is optional. */
export interface Plan {
  files?: PlanFile[] | null;
  instructions?: PlanInstruction[] | null;
  periodicInstructions?: PlanInstruction[] | null;
  probes?: Record<string, unknown> | null;
}

/** The bytes of a Secret's plan with their checksum; undefined when there is none. */
export function planOf({ data }: PlanSecret): { bytes: Buffer; checksum: string } | undefined {
  if (data?.["plan"] === undefined) return undefined;
  const bytes = Buffer.from(data["plan"], "base64");
  return { bytes, checksum: createHash("sha256").update(bytes).digest("hex") };
}

/** Text of a key of the Secret, empty when absent. */
export function textOf({ data }: PlanSecret, key: string): string {
  return Buffer.from(data?.[key] ?? "", "base64").toString();
}
