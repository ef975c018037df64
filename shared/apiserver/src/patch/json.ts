import { applyPatch } from "rfc6902";
import { clone, isRecord } from "../object/object.ts";
import { badRequest } from "../status/errors.ts";
import { StatusError } from "../status/status-error.ts";

const operations = new Set(["add", "remove", "replace", "move", "copy", "test"]);
// As many as the API server takes, so that a small request cannot cost much.
const operationLimit = 10_000;

/** Applies a JSON patch (RFC 6902). Throws 400 when it is none and 422 when an operation fails. */
export function jsonPatch<T>(target: T, patch: unknown): T {
  if (!Array.isArray(patch)) {
    throw badRequest(
      "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
    );
  }
  if (patch.length > operationLimit) {
    const message = `The allowed maximum operations in a JSON patch is ${operationLimit}, got ${patch.length}`;
    throw new StatusError(413, "RequestEntityTooLarge", message);
  }
  const result = clone(target);
  if (!patch.every((item) => isRecord(item) && operations.has(String(item.op)) && typeof item.path === "string")) {
    throw rejected();
  }
  const failures = applyPatch(result, patch).filter((failure) => failure !== null);
  if (failures.length > 0) throw rejected();
  return result;
}

// The API server says no more than this.
function rejected(): StatusError {
  return new StatusError(422, "Invalid", "the server rejected our request due to an error in our request");
}
