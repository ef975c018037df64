import type { MachineRegistration } from "@elemental/api";
import { stringify } from "yaml";

/**
 * What the register client reads on the live system (register-client-and-media 5.2): where and how to register, nothing
 * else; empty values are left out.
 */
export function registrationFile(registration: MachineRegistration, caCert: string | undefined): string {
  const config = registration.spec?.config?.elemental?.registration;
  const values = {
    url: registration.status?.registrationURL,
    "ca-cert": caCert,
    "emulate-tpm": config?.["emulate-tpm"],
    "emulated-tpm-seed": config?.["emulated-tpm-seed"],
    "no-smbios": config?.["no-smbios"],
    auth: config?.auth,
  };
  const present = Object.fromEntries(Object.entries(values).filter(([, value]) => Boolean(value)));
  return stringify({ elemental: { registration: present } }, { lineWidth: 0 });
}
