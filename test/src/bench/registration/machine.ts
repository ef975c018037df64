import { generateKeyPairSync, randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type ClientReport, plainAuthorization, runClientSession, tpmAuthorization } from "@elemental/protocol";
import { ClientError, clientFailure, dial, localHost, referenceLimits, withRetries } from "@elemental/register-client";
import { softwareAk, softwareMachine } from "@elemental/tpm/testing";
import { machineFacts } from "../../machine/facts.ts";

export type AuthMethod = "tpm" | "mac";

/** A machine that is ready to be powered on. */
export interface BenchMachine {
  authorization: string;
  report: ClientReport;
  answerChallenge?: (challenge: Uint8Array) => Promise<Uint8Array>;
}

/** Makes machines; keys and documents are made here, so that registering costs what it costs a server, and little more. */
export function machineFactory(auth: AuthMethod): (name: string) => BenchMachine {
  const ak = softwareAk();
  return (name) => {
    const report = reportOf(name);
    if (auth === "mac") return { authorization: plainAuthorization(randomMac()), report };
    const { document, answer } = softwareMachine(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey, ak);
    return { authorization: tpmAuthorization(document), report, answerChallenge: async (bytes) => answer(bytes) };
  };
}

function randomMac(): string {
  return ["52", ...(randomBytes(5).toString("hex").match(/../g) ?? [])].join(":");
}

function reportOf(name: string): ClientReport {
  const { uuid, serial } = machineFacts(name);
  const system = { Manufacturer: "Bench", "Product Name": "Bench", "Serial Number": serial, UUID: uuid };
  return {
    update: false,
    smbios: { "System Information": system },
    systemDataV2: {
      Product: { Name: "Bench", SerialNumber: serial, UUID: uuid, Vendor: "Bench" },
      Memory: { TotalPhysicalBytes: "8589934592", TotalUsableBytes: "8312393728" },
      CPU: { TotalCores: "4", TotalProcessors: "1", TotalThreads: "8" },
      Runtime: { Hostname: name },
    },
    annotations: { "registration-ip": "192.0.2.1" },
    labels: { rack: "r1" },
  };
}

export interface RegisterOptions {
  url: string;
  caPem: string;
  /** Milliseconds from now during which a new attempt may begin. */
  budgetMs: number;
  /** Called for every attempt that has to be repeated. */
  onRetry(): void;
}

const host = localHost({}, "/");
/** The client's default of --retry-for, and RestartSec of its unit. */
const retryForMs = 300_000;
const restartMs = 5000;

/**
 * Registers as a machine does: the register client's connection, conversation and retries, begun anew by its unit after
 * any other failure. Rejects with the last failure when the budget is used up, and at once when the machine is refused.
 */
export async function register(machine: BenchMachine, options: RegisterOptions): Promise<void> {
  const deadline = Date.now() + options.budgetMs;
  const log = { record: () => {}, step: options.onRetry, conceal: () => {} };
  for (;;) {
    try {
      const budgetMs = Math.min(retryForMs, deadline - Date.now());
      return await withRetries(() => registerOnce(machine, options), { budgetMs, log });
    } catch (error) {
      const refused = error instanceof ClientError && error.code === "Refused";
      if (refused || Date.now() + restartMs > deadline) throw error;
      options.onRetry();
      await delay(restartMs);
    }
  }
}

async function registerOnce(machine: BenchMachine, { url, caPem }: RegisterOptions): Promise<void> {
  const { authorization, answerChallenge, report } = machine;
  const { conversation } = await dial({ host, url, caPem, authorization, limits: referenceLimits });
  try {
    const { config } = await runClientSession(conversation, report, answerChallenge && { answerChallenge });
    if (config.length === 0) throw new Error("the configuration is empty");
  } catch (error) {
    throw clientFailure(error);
  } finally {
    conversation.end();
  }
}
