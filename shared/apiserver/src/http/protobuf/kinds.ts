import type { Descriptor } from "./descriptor.ts";

const list = (message: Descriptor) => ({ list: { message } }) as const;
const strings = { list: "string" } as const;
const texts = { map: "string" } as const;

const ownerReference: Descriptor = {
  1: ["kind", "string"],
  3: ["name", "string"],
  4: ["uid", "string"],
  5: ["apiVersion", "string"],
  6: ["controller", "bool"],
  7: ["blockOwnerDeletion", "bool"],
};

const objectMeta: Descriptor = {
  1: ["name", "string"],
  2: ["generateName", "string"],
  3: ["namespace", "string"],
  5: ["uid", "string"],
  6: ["resourceVersion", "string"],
  8: ["creationTimestamp", "time"],
  11: ["labels", texts],
  12: ["annotations", texts],
  13: ["ownerReferences", list(ownerReference)],
  14: ["finalizers", strings],
};

const metadata = ["metadata", { message: objectMeta }] as const;

const policyRule: Descriptor = {
  1: ["verbs", strings],
  2: ["apiGroups", strings],
  3: ["resources", strings],
  4: ["resourceNames", strings],
  5: ["nonResourceURLs", strings],
};

const subject: Descriptor = {
  1: ["kind", "string"],
  2: ["apiGroup", "string"],
  3: ["name", "string"],
  4: ["namespace", "string"],
};

const roleRef: Descriptor = { 1: ["apiGroup", "string"], 2: ["kind", "string"], 3: ["name", "string"] };
const role: Descriptor = { 1: metadata, 2: ["rules", list(policyRule)] };
const binding: Descriptor = { 1: metadata, 2: ["subjects", list(subject)], 3: ["roleRef", { message: roleRef }] };

const servicePort: Descriptor = {
  1: ["name", "string"],
  2: ["protocol", "string"],
  3: ["port", "int"],
  4: ["targetPort", "intOrString"],
  5: ["nodePort", "int"],
  6: ["appProtocol", "string"],
};

const serviceSpec: Descriptor = {
  1: ["ports", list(servicePort)],
  2: ["selector", texts],
  3: ["clusterIP", "string"],
  4: ["type", "string"],
  5: ["externalIPs", strings],
  7: ["sessionAffinity", "string"],
  10: ["externalName", "string"],
};

const resourceAttributes: Descriptor = {
  1: ["namespace", "string"],
  2: ["verb", "string"],
  3: ["group", "string"],
  4: ["version", "string"],
  5: ["resource", "string"],
  6: ["subresource", "string"],
  7: ["name", "string"],
};

const accessReviewSpec: Descriptor = {
  1: ["resourceAttributes", { message: resourceAttributes }],
  2: ["nonResourceAttributes", { message: { 1: ["path", "string"], 2: ["verb", "string"] } }],
};

const deleteOptions: Descriptor = {
  1: ["gracePeriodSeconds", "int"],
  2: ["preconditions", { message: { 1: ["uid", "string"], 2: ["resourceVersion", "string"] } }],
  3: ["orphanDependents", "bool"],
  4: ["propagationPolicy", "string"],
  5: ["dryRun", strings],
};

/** The kinds that kubectl's own commands send as protobuf, by `apiVersion/kind`; everything else it sends as JSON. */
export const protobufKinds: Readonly<Record<string, Descriptor>> = {
  "v1/Namespace": { 1: metadata, 2: ["spec", { message: { 1: ["finalizers", strings] } }] },
  "v1/ConfigMap": { 1: metadata, 2: ["data", texts], 3: ["binaryData", { map: "bytes" }], 4: ["immutable", "bool"] },
  "v1/Secret": {
    1: metadata,
    2: ["data", { map: "bytes" }],
    3: ["type", "string"],
    4: ["stringData", texts],
    5: ["immutable", "bool"],
  },
  "v1/ServiceAccount": { 1: metadata, 4: ["automountServiceAccountToken", "bool"] },
  "v1/Service": { 1: metadata, 2: ["spec", { message: serviceSpec }] },
  "rbac.authorization.k8s.io/v1/Role": role,
  "rbac.authorization.k8s.io/v1/ClusterRole": role,
  "rbac.authorization.k8s.io/v1/RoleBinding": binding,
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": binding,
  "authorization.k8s.io/v1/SelfSubjectAccessReview": { 1: metadata, 2: ["spec", { message: accessReviewSpec }] },
  "authorization.k8s.io/v1/SelfSubjectRulesReview": {
    1: metadata,
    2: ["spec", { message: { 1: ["namespace", "string"] } }],
  },
  "authentication.k8s.io/v1/SelfSubjectReview": { 1: metadata },
  "v1/DeleteOptions": deleteOptions,
  "meta.k8s.io/v1/DeleteOptions": deleteOptions,
};
