import type { TLSSocket } from "node:tls";
import { isRecord, type JsonObject } from "../../object/object.ts";
import { decodeBody } from "../../registry/decode-body.ts";
import { invalidObject } from "../../status/errors.ts";
import { invalid } from "../../status/field-error.ts";
import { parseBody } from "../body.ts";
import { sendSingle } from "../present.ts";
import { type Scope, writeOptions } from "../scope.ts";

const reason = "one administrator: roles are stored, not enforced";
const everything = ["*"];

/** What the API server says about the request itself, by kind. There is one user, and that one may do everything. */
const answers: Record<string, (scope: Scope, spec: JsonObject) => JsonObject> = {
  SelfSubjectAccessReview: () => ({ allowed: true, reason }),
  SelfSubjectRulesReview: () => ({
    resourceRules: [{ verbs: everything, apiGroups: everything, resources: everything }],
    nonResourceRules: [{ verbs: everything, nonResourceURLs: everything }],
    incomplete: false,
  }),
  SelfSubjectReview: (scope) => ({ userInfo: userOf(scope) }),
};

/** POST of a question: the answer is its status, and nothing is stored. */
export async function review(scope: Scope): Promise<void> {
  const { resource } = scope;
  const body = await parseBody(scope.exchange.request);
  const object = decodeBody(resource, body, writeOptions(scope, "CreateOptions"));
  const spec = isRecord(object.spec) ? object.spec : {};
  if (resource.kind === "SelfSubjectAccessReview") checkQuestion(spec);
  const { apiVersion, kind, metadata } = object;
  const status = answers[resource.kind]?.(scope, spec);
  sendSingle(scope, 201, { apiVersion, kind, metadata, ...(object.spec !== undefined && { spec }), status });
}

function checkQuestion(spec: JsonObject): void {
  const asked = ["resourceAttributes", "nonResourceAttributes"].filter((key) => spec[key] !== undefined);
  if (asked.length === 1) return;
  const why = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
  const error = invalid("spec.resourceAttributes", spec.resourceAttributes ?? null, why);
  throw invalidObject({ group: "authorization.k8s.io", name: "" }, "", [error]);
}

function userOf({ exchange }: Scope): JsonObject {
  const { subject } = (exchange.request.socket as TLSSocket).getPeerCertificate();
  const organizations = [subject?.O ?? []].flat();
  return { username: subject?.CN, groups: [...organizations, "system:authenticated"] };
}
