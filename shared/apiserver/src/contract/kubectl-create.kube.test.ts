import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

// kubectl sends what its own `create` commands make as protobuf, and everything from files as JSON.
const hasKubectl = spawnSync("kubectl", ["version", "--client"]).status === 0;
const namespace = `kubectl-create-${randomBytes(4).toString("hex")}`;
const env = { ...process.env, KUBECONFIG: inject("kubeconfig") };
const kubectl = (...args: string[]) => execFileSync("kubectl", args, { env, encoding: "utf8" });
const created = (kind: string, name: string) =>
  JSON.parse(kubectl("get", kind, name, "-n", namespace, "-o", "json")) as Record<string, unknown>;

describe.skipIf(!hasKubectl)("kubectl create", () => {
  beforeAll(() => {
    expect(kubectl("create", "namespace", namespace)).toContain(`namespace/${namespace} created`);
  });
  afterAll(() => {
    kubectl("delete", "namespace", namespace, "--wait=false");
  });

  test.each([
    ["secret", ["secret", "generic", "x", "--from-literal=a=b"], { data: { a: "Yg==" }, type: "Opaque" }],
    ["configmap", ["configmap", "x", "--from-literal=a=b"], { data: { a: "b" } }],
    ["serviceaccount", ["serviceaccount", "x"], { metadata: { name: "x" } }],
    [
      "role",
      ["role", "x", "--verb=get,list", "--resource=pods"],
      { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }] },
    ],
    [
      "rolebinding",
      ["rolebinding", "x", "--role=x", `--serviceaccount=${namespace}:x`],
      { roleRef: { kind: "Role", name: "x" }, subjects: [{ kind: "ServiceAccount", name: "x", namespace }] },
    ],
    [
      "service",
      ["service", "clusterip", "x", "--tcp=80:8080"],
      { spec: { type: "ClusterIP", ports: [{ port: 80, protocol: "TCP", targetPort: 8080 }], selector: { app: "x" } } },
    ],
  ])("%s", (kind, args, expected) => {
    kubectl("create", "-n", namespace, ...args);
    expect(created(kind, "x")).toMatchObject(expected);
  });

  test("auth can-i asks in the same form", () => {
    expect(kubectl("auth", "can-i", "get", "pods", "-n", namespace).trim()).toBe("yes");
  });
});
