import type { MachineRegistration, Role, RoleBinding, Secret, ServiceAccount } from "@elemental/api";

/** The objects that go with a registration; absent ones do not exist. */
export interface ObservedAccess {
  role: Role | undefined;
  serviceAccount: ServiceAccount | undefined;
  tokenSecret: Secret | undefined;
  roleBinding: RoleBinding | undefined;
}

/** Everything that decides about a MachineRegistration. */
export interface ObservedRegistration {
  registration: MachineRegistration;
  /** The token it should have. */
  token: string;
  /** All registrations that have `token` in their status. */
  holders: readonly MachineRegistration[];
  /** Without trailing slashes, or why it is unknown. */
  serverUrl: { url: string } | { problem: string };
  access: ObservedAccess;
  /** What a shared credential may reach: plan Secrets of the namespace, sorted. Empty unless the credential is shared. */
  planSecretNames: readonly string[];
}
