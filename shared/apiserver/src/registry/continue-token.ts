import { isRecord } from "../object/object.ts";
import { badRequest } from "../status/errors.ts";

/** Where a list goes on: the state it shows and the last key already shown. */
export interface Continuation {
  revision: number;
  after: string;
}

const version = "meta.k8s.io/v1";

export function encodeContinue({ revision, after }: Continuation): string {
  return Buffer.from(JSON.stringify({ v: version, rv: revision, start: after })).toString("base64url");
}

/** Throws 400 when the token is not one of ours. */
export function decodeContinue(token: string): Continuation {
  const value = parse(Buffer.from(token, "base64url").toString());
  if (!isRecord(value) || value.v !== version || !Number.isSafeInteger(value.rv) || typeof value.start !== "string") {
    throw badRequest("invalid continue token: continue key is not valid");
  }
  return { revision: Number(value.rv), after: value.start };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
