import { agentFiles } from "../agent/files.ts";
import { registrationDocument } from "../config/registration-document.ts";
import type { Received } from "../config/types.ts";
import { encodeState, type RegistrationState } from "../state/state.ts";
import { cloudConfigText } from "./cloud-config.ts";
import { type YipStep, yipText } from "./yip.ts";

/** Where the toolkit has mounted the OEM partition when it runs the hook. */
export const oemMounts = { install: "/run/elemental/oem", reset: "/oem" } as const;

export const resetPlanFile = "/oem/reset-cloud-config.yaml";

/** Files on the OEM partition that every installation must leave. */
export const oemFiles = {
  registration: "elemental-registration.yaml",
  state: "elemental-state.yaml",
  cloudInit: "elemental-cloud-init.yaml",
  agent: "elemental-system-agent.yaml",
} as const;

export interface HookInput {
  received: Received;
  state: RegistrationState;
  /** Document of the network configuration; undefined leaves its step out. */
  network: string | undefined;
}

/**
 * The document the toolkit executes before it installs or resets: it puts what was received onto the OEM partition
 * (register-client-and-media 2.2). It holds credentials.
 */
export function hookDocument(kind: "install" | "reset", input: HookInput): string {
  const steps = hookSteps(oemMounts[kind], input);
  const stages: Record<string, YipStep[]> = { [`before-${kind}`]: steps };
  if (kind === "reset") {
    stages["post-reset"] = [{ name: "Remove the reset plan", commands: [`rm -f ${resetPlanFile}`] }];
  }
  return yipText({ name: "Elemental Finalize System", stages });
}

function hookSteps(oem: string, { received, state, network }: HookInput): YipStep[] {
  const { registration, "system-agent": agent } = received.config;
  const step = (name: string, file: string, content: string): YipStep => ({
    name,
    files: [{ path: `${oem}/${file}`, content }],
  });
  const steps = [
    step("Registration Config", oemFiles.registration, installed("config", registrationDocument(registration))),
    step("Registration State Config", oemFiles.state, installed("state", encodeState(state))),
    step("Cloud Init Config", oemFiles.cloudInit, cloudConfigText(received.cloudConfig)),
    step("Elemental System Agent Config", oemFiles.agent, agentDocument(agent, registration["ca-cert"])),
  ];
  return network === undefined ? steps : [...steps, step("Network Config", "elemental-network.yaml", network)];
}

/** A document that gives an installed system its registration file once. */
function installed(what: "config" | "state", content: string): string {
  const path = `/oem/registration/${what}.yaml`;
  return yipText({
    name: `Include registration ${what} into installed system`,
    stages: {
      initramfs: [{ if: `[ ! -f ${path} ]`, directories: ["/oem/registration"], files: [{ path, content }] }],
    },
  });
}

function agentDocument(agent: Received["config"]["system-agent"], caCert: string): string {
  return yipText({
    name: "Elemental System Agent Configuration",
    stages: { initramfs: [{ files: agentFiles(agent, caCert) }] },
  });
}
