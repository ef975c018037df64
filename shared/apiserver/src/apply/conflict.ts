import { StatusError } from "../status/status-error.ts";
import type { Manager } from "./managers.ts";
import { describePath, type PathElement } from "./path-element.ts";

/** A field that another manager owns with another value. */
export interface FieldConflict {
  manager: Manager;
  path: readonly PathElement[];
}

/** 409 that names every conflicting field and who owns it. */
export function conflictError(conflicts: readonly FieldConflict[]): StatusError {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: "FieldManagerConflict",
    message: `conflict with ${ownerText(manager)}`,
    field: describePath(path),
  }));
  const count = conflicts.length === 1 ? "1 conflict" : `${conflicts.length} conflicts`;
  return new StatusError(409, "Conflict", `Apply failed with ${count}: ${summary(conflicts)}`, { causes });
}

function summary(conflicts: readonly FieldConflict[]): string {
  const byOwner = Map.groupBy(conflicts, ({ manager }) => ownerText(manager));
  const parts = [...byOwner].map(([owner, own]) => {
    const paths = own.map(({ path }) => describePath(path));
    return paths.length === 1
      ? `conflict with ${owner}: ${paths[0]}`
      : `conflicts with ${owner}:\n- ${paths.join("\n- ")}`;
  });
  return parts.join("\n");
}

function ownerText({ name, operation, subresource, apiVersion }: Manager): string {
  const parts = [JSON.stringify(name)];
  if (subresource) parts.push(`with subresource ${JSON.stringify(subresource)}`);
  if (operation === "Update") parts.push(`using ${apiVersion}`);
  return parts.join(" ");
}
