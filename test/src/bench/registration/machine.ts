import { generateKeyPairSync, randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type ClientReport, plainAuthorization, runClientSession, tpmAuthorization } from "@elemental/protocol";
import { dial, localHost, referenceLimits, withRetries } from "@elemental/register-client";
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

/** Registers as the register client does: its connection, its conversation and its retries. Rejects when that failed. */
export function register(machine: BenchMachine, { url, caPem, budgetMs, onRetry }: RegisterOptions): Promise<void> {
  const attempt = async () => {
    const { authorization } = machine;
    const { conversation } = await dial({ host, url, caPem, authorization, limits: referenceLimits });
    try {
      const { answerChallenge } = machine;
      const { config } = await runClientSession(conversation, machine.report, answerChallenge && { answerChallenge });
      if (config.length === 0) throw new Error("the configuration is empty");
    } finally {
      conversation.end();
    }
  };
  const log = { record: () => {}, step: onRetry, conceal: () => {} };
  return withRetries(attempt, { budgetMs, log, wait: (ms) => delay(ms) });
}
