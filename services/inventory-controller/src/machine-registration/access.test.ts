import type { Role } from "@elemental/api";
import { describe, expect, it } from "vitest";
import { ownedBy, readiness, registration } from "../testing/builders.ts";
import { complete, nothing, operationNames, readyStatus, runAt } from "../testing/registrations.ts";
import { accessObjects, sharedRules } from "./access-objects.ts";
import type { ObservedAccess } from "./observed.ts";

const run = runAt(new Date("2026-01-02T03:04:05Z"));
const operationsOf = (parts: Parameters<typeof run>[0]) => operationNames(run(parts));

describe("RBAC objects", () => {
  it("C-020 all four are created, owned, the first three labelled; the Role grants nothing", () => {
    const outcome = run({ registration: registration(), access: nothing });
    const objects = outcome.operations?.map((operation) =>
      operation.kind === "create" ? operation.object : undefined,
    );
    expect(objects?.map((object) => `${object?.kind} ${object?.metadata.name}`)).toEqual([
      "Role reg",
      "ServiceAccount reg",
      "Secret reg-token",
      "RoleBinding reg",
    ]);
    for (const object of objects ?? []) {
      expect(object?.metadata.ownerReferences).toEqual([ownedBy("MachineRegistration", "reg")]);
      const label = object?.kind === "Secret" ? undefined : "true";
      expect(object?.metadata.labels?.["elemental.cattle.io/managed"]).toBe(label);
    }
    expect(objects?.[0]).toMatchObject({ rules: [] });
    expect(objects?.[2]).toMatchObject({ type: "kubernetes.io/service-account-token" });
  });

  it("a token Secret that the cluster has not filled is waited for", () => {
    const access = { ...complete(registration()), tokenSecret: accessObjects(registration(), []).tokenSecret };
    const outcome = run({ registration: registration(), access });
    expect(readiness(outcome.status?.conditions)).toMatch(/^False RbacCreationFailure: .*reg-token/);
    expect(outcome.requeueAfterMs).toBeGreaterThan(0);
    expect(outcome.error).toBeUndefined();
  });

  const role = (changes: Partial<Role>): ObservedAccess => {
    const access = complete(registration());
    return { ...access, role: { ...(access.role as Role), ...changes } };
  };
  const metadata = { name: "reg", namespace: "fleet-default", resourceVersion: "7" };

  it.each<{ title: string; access: ObservedAccess; operations: string[] }>([
    { title: "a settled registration writes nothing", access: complete(registration()), operations: [] },
    {
      title: "nor does a Role without rules as the API server tells it",
      access: role({ rules: null as never }),
      operations: [],
    },
    {
      title: "C-021 a lost token Secret is recreated",
      access: { ...complete(registration()), tokenSecret: undefined },
      operations: ["create secrets"],
    },
    {
      title: "C-022 an edited Role is restored",
      access: role({ rules: [{ verbs: ["*"] }] }),
      operations: ["patch roles"],
    },
    {
      title: "an owner of an earlier life is replaced",
      access: role({ metadata: { ...metadata, ownerReferences: [ownedBy("MachineRegistration", "reg", "old")] } }),
      operations: ["patch roles"],
    },
    {
      title: "a RoleBinding to another Role is created anew",
      access: (() => {
        const access = complete(registration());
        const roleBinding = access.roleBinding && {
          ...access.roleBinding,
          roleRef: { apiGroup: "x", kind: "Role", name: "admin" },
        };
        return { ...access, roleBinding };
      })(),
      operations: ["delete rolebindings", "create rolebindings"],
    },
  ])("$title", ({ access, operations }) => {
    expect(operationsOf({ registration: registration({ status: readyStatus }), access })).toEqual(operations);
  });

  it("C-023 a Role of somebody else is refused and not touched", () => {
    const outcome = run({ registration: registration(), access: role({ metadata }) });
    expect(readiness(outcome.status?.conditions)).toMatch(
      /^False RbacCreationFailure: failed to create role: Role fleet-default\/reg exists and does not belong/,
    );
    expect(outcome.operations).toBeUndefined();
  });

  it("a shared credential reaches the named plan Secrets, and nothing when there are none", () => {
    expect(sharedRules([])).toEqual([]);
    expect(sharedRules(["a", "b"])).toEqual([
      {
        apiGroups: [""],
        resources: ["secrets"],
        resourceNames: ["a", "b"],
        verbs: ["get", "watch", "list", "update", "patch"],
      },
    ]);
  });
});
