// Regenerates definitions.json from a real kube-apiserver: node extract.mjs KUBECONFIG. Needs kubectl.
// Descriptions are left out: what the fields mean is Kubernetes' documentation, what they are called is its protocol.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";

const prefix = "#/components/schemas/";
const meta = "io.k8s.apimachinery.pkg.apis.meta.v1";
const wanted = {
  "api/v1": ["Namespace", "Secret", "ConfigMap", "Pod", "Service", "ServiceAccount", "Event", "Node"].map(
    (kind) => `io.k8s.api.core.v1.${kind}`,
  ),
  "apis/events.k8s.io/v1": ["io.k8s.api.events.v1.Event"],
  "apis/coordination.k8s.io/v1": ["io.k8s.api.coordination.v1.Lease"],
  "apis/rbac.authorization.k8s.io/v1": ["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"].map(
    (kind) => `io.k8s.api.rbac.v1.${kind}`,
  ),
  "apis/apiextensions.k8s.io/v1": ["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition"],
  "apis/apiregistration.k8s.io/v1": ["io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService"],
  "apis/authorization.k8s.io/v1": ["SelfSubjectAccessReview", "SelfSubjectRulesReview"].map(
    (kind) => `io.k8s.api.authorization.v1.${kind}`,
  ),
  "apis/authentication.k8s.io/v1": ["io.k8s.api.authentication.v1.SelfSubjectReview"],
};

const known = {};
for (const path of Object.keys(wanted)) {
  const args = ["--kubeconfig", process.argv[2], "get", "--raw", `/openapi/v3/${path}`];
  const text = execFileSync("kubectl", args, { maxBuffer: 2 ** 26, encoding: "utf8" });
  Object.assign(known, JSON.parse(text).components.schemas);
}

const result = {};
const roots = [...Object.values(wanted).flat(), `${meta}.DeleteOptions`, `${meta}.Status`];
roots.forEach(visit);
const sorted = Object.fromEntries(Object.entries(result).sort(([a], [b]) => (a < b ? -1 : 1)));
const lines = Object.entries(sorted).map(([name, schema]) => `${JSON.stringify(name)}: ${JSON.stringify(schema)}`);
writeFileSync(new URL("definitions.json", import.meta.url), `{\n${lines.join(",\n")}\n}\n`);

function visit(name) {
  if (result[name]) return;
  result[name] = compact(known[name]);
  if (isOpaque(result[name])) result[name]["x-kubernetes-preserve-unknown-fields"] = true;
  if (name === `${meta}.DeleteOptions`) result[name]["x-kubernetes-group-version-kind"] = [gvk("DeleteOptions")];
  for (const [, reference] of JSON.stringify(result[name]).matchAll(/"#\/components\/schemas\/([^"]+)"/g))
    visit(reference);
}

function gvk(kind) {
  return { group: "", kind, version: "v1" };
}

function isOpaque(schema) {
  return schema.type === "object" && !schema.properties && !schema.additionalProperties;
}

function compact(value) {
  if (Array.isArray(value)) return value.map(compact);
  if (typeof value !== "object" || value === null) return value;
  const copy = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === "description" && typeof item === "string") continue;
    if (key === "default" && isZero(item)) continue;
    copy[key] = compact(item);
  }
  const [only, ...more] = Array.isArray(copy.allOf) ? copy.allOf : [];
  return only && more.length === 0 && Object.keys(copy).length === 1 && only.$ref?.startsWith(prefix) ? only : copy;
}

function isZero(value) {
  return value === "" || value === 0 || (typeof value === "object" && Object.keys(value).length === 0);
}
