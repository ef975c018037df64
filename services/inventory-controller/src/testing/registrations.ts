import type { MachineRegistration } from "@elemental/api";
import { accessObjects, sharedRules } from "../machine-registration/access-objects.ts";
import type { ObservedAccess, ObservedRegistration } from "../machine-registration/observed.ts";
import { reconcileRegistration } from "../machine-registration/reconcile.ts";
import { desiredToken } from "../machine-registration/token.ts";
import { condition } from "./builders.ts";

/** A token that looks drawn. */
export const random = "b".repeat(54);
export const url = "https://r.example";

/** The status of a settled registration. */
export const readyStatus = {
  conditions: [condition("Ready", "True", "SuccessfullyCreated", { observedGeneration: 1 })],
  registrationToken: random,
  registrationURL: `${url}/elemental/registration/${random}`,
  serviceAccountRef: { kind: "ServiceAccount", namespace: "fleet-default", name: "reg" },
};

/** The RBAC objects as they are after a first run, the token Secret filled by the cluster. */
export function complete(owner: MachineRegistration, names: string[] = []): ObservedAccess {
  const { role, serviceAccount, tokenSecret, roleBinding } = accessObjects(owner, sharedRules(names));
  return { role, serviceAccount, roleBinding, tokenSecret: { ...tokenSecret, data: { token: "dG9rZW4=" } } };
}

/** The RBAC objects of a new registration. */
export const nothing: ObservedAccess = {
  role: undefined,
  serviceAccount: undefined,
  tokenSecret: undefined,
  roleBinding: undefined,
};

type Parts = Partial<ObservedRegistration> & { registration: MachineRegistration };

/** Reconciles what is observed at `now`; what `parts` leave out is settled. */
export function runAt(now: Date) {
  return (parts: Parts) => {
    const { registration } = parts;
    const settled = {
      token: desiredToken(registration, random),
      holders: [],
      serverUrl: { url },
      access: complete(registration),
      planSecretNames: [],
    };
    return reconcileRegistration({ ...settled, ...parts }, now);
  };
}

/** `verb plural` of each operation. */
export function operationNames({ operations }: ReturnType<typeof reconcileRegistration>): string[] | undefined {
  return operations?.map((operation) => `${operation.kind} ${"type" in operation ? operation.type.plural : ""}`);
}
