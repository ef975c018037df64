import { z } from "zod";
import type { ConfigShape } from "./load.ts";
import { variableName } from "./names.ts";

/** The settings of a service as a Markdown table, in the order of the shape. */
export function configReference(shape: ConfigShape): string {
  const rows = Object.entries(shape).map(
    ([key, schema]) => `| \`${variableName(key)}\` | ${fallback(schema)} | ${schema.meta()?.description ?? ""} |`,
  );
  return ["| variable | default | meaning |", "|---|---|---|", ...rows, ""].join("\n");
}

function fallback(schema: z.ZodType): string {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault) return `\`${schema.def.defaultValue}\``;
  return schema.safeParse(undefined).success ? "" : "required";
}
