import { annotations, type MachineRegistration } from "@elemental/api";
import { Refusal } from "../refusal.ts";

/** Opt-outs that hold for every registration. */
export interface AuthenticationPolicy {
  allowAnyMethod: boolean;
  allowOtherNamespace: boolean;
}

const methods: Record<string, "tpm" | "plain"> = { "": "tpm", tpm: "tpm", mac: "plain", "sys-uuid": "plain" };

/** Throws a `MethodNotAccepted` Refusal when the registration does not take the caller's method (H5). */
export function checkMethod(
  registration: MachineRegistration,
  method: "tpm" | "plain",
  policy: AuthenticationPolicy,
): void {
  if (method === "plain" && requiresTpm(registration)) {
    throw new Refusal("MethodNotAccepted", "this registration requires a TPM");
  }
  if (policy.allowAnyMethod || allows(registration, annotations.allowAnyAuth)) return;
  const auth = registration.spec?.config?.elemental?.registration?.auth ?? "";
  if (methods[auth] === method) return;
  throw new Refusal(
    "MethodNotAccepted",
    `this registration does not accept ${method === "tpm" ? "TPM" : "plain"} authentication`,
    {
      detail: `auth is "${auth}"`,
    },
  );
}

/** These settings would mean nothing if a machine could do without its TPM. */
function requiresTpm({ spec }: MachineRegistration): boolean {
  return spec?.tpm?.requireCertificate === true || spec?.tpm?.measuredBoot?.mode === "Enforce";
}

/** Whether a machine of another namespace may be taken over. */
export function allowsOtherNamespace(registration: MachineRegistration, policy: AuthenticationPolicy): boolean {
  return policy.allowOtherNamespace || allows(registration, annotations.allowOtherNamespace);
}

function allows(registration: MachineRegistration, annotation: string): boolean {
  return registration.metadata.annotations?.[annotation] === "true";
}
