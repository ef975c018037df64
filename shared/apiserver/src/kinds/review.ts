import type { Resource } from "../resources/resource.ts";
import { defineKind } from "./define.ts";

function review(service: "authorization" | "authentication", kind: string): Resource {
  return defineKind({
    group: `${service}.k8s.io`,
    version: "v1",
    kind,
    plural: `${kind.toLowerCase()}s`,
    namespaced: false,
    definition: `io.k8s.api.${service}.v1.${kind}`,
    verbs: ["create"],
    isQuestion: true,
  });
}

/** Questions about the request's own rights and identity. */
export const reviews: readonly Resource[] = [
  review("authentication", "SelfSubjectReview"),
  review("authorization", "SelfSubjectAccessReview"),
  review("authorization", "SelfSubjectRulesReview"),
];
