import { z } from "zod";
import { atomicList, flag, int64, text } from "./fields.ts";

const capabilityList = (description: string) => z.array(z.string()).meta(atomicList).describe(description).optional();

const profile = (description: string) =>
  z
    .object({
      type: z.string().describe("Localhost, RuntimeDefault or Unconfined."),
      localhostProfile: text("Profile on the node, for type Localhost."),
    })
    .describe(description)
    .optional();

/** The security context of a container, as core/v1 has it. */
export const securityContext = z
  .object({
    allowPrivilegeEscalation: flag("Whether a process may gain more privileges than its parent."),
    appArmorProfile: profile("AppArmor profile."),
    capabilities: z
      .object({ add: capabilityList("Capabilities to add."), drop: capabilityList("Capabilities to drop.") })
      .describe("Linux capabilities to add and drop.")
      .optional(),
    privileged: flag("Run with all privileges of the host."),
    procMount: text("How /proc is mounted."),
    readOnlyRootFilesystem: flag("Mount the root file system read-only."),
    runAsGroup: int64().describe("Group ID of the process.").optional(),
    runAsNonRoot: flag("Refuse to run as root."),
    runAsUser: int64().describe("User ID of the process.").optional(),
    seLinuxOptions: z
      .object({
        level: text("SELinux level."),
        role: text("SELinux role."),
        type: text("SELinux type."),
        user: text("SELinux user."),
      })
      .describe("SELinux labels.")
      .optional(),
    seccompProfile: profile("Seccomp profile."),
    windowsOptions: z
      .object({
        gmsaCredentialSpec: text("Group managed service account, inline."),
        gmsaCredentialSpecName: text("Group managed service account, by name."),
        hostProcess: flag("Run as a process of the host."),
        runAsUserName: text("User of the process."),
      })
      .describe("Settings of Windows containers.")
      .optional(),
  })
  .describe("Security settings of the container.");
