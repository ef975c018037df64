import { createHash } from "node:crypto";
import { isPassing, ProtocolError, runClientSession } from "@elemental/protocol";
import { TpmError } from "@elemental/tpm";
import type { Registration } from "../config/types.ts";
import { dial, type Limits } from "../connection/dial.ts";
import { ClientError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { openIdentity } from "../identity/identity.ts";
import type { Tpm } from "../identity/tpm-source.ts";
import type { Log } from "../output/log.ts";
import { oneLine } from "../output/one-line.ts";
import { redactUrl } from "../output/redact.ts";
import { annotationsOf } from "./annotations.ts";
import { collectReport } from "./report.ts";

export interface RegistrationRequest {
  registration: Registration;
  tpm: Tpm;
  /** Whether the machine was registered before. */
  update: boolean;
  limits: Limits;
}

/** One complete registration over one connection; the received document as it came. Throws a ClientError. */
export async function registerOnce(host: Host, request: RegistrationRequest, log: Log): Promise<Uint8Array> {
  const { registration, tpm, update, limits } = request;
  const identity = await openIdentity(host, registration.auth, tpm);
  try {
    const method = tpm.source.kind === "emulated" && registration.auth === "tpm" ? "emulated TPM" : registration.auth;
    log.step("ok", `identity of this machine (${method}): ${identity.hash}`, { identity: identity.hash });
    const data = registration["no-smbios"] ? {} : await collectReport(host, log);
    const { authorization } = identity;
    const url = registration.url;
    log.record("info", `connecting to ${redactUrl(url)}`);
    const connection = await dial({ host, url, caPem: registration["ca-cert"], authorization, limits });
    log.step("ok", `connected to ${redactUrl(url)}`);
    try {
      const annotations = annotationsOf(host, registration, connection.localAddress);
      const report = { update, ...data, annotations, labels: registration.labels };
      const options = identity.answer ? { answerChallenge: identity.answer } : {};
      const { config, version } = await runClientSession(connection.conversation, report, options);
      log.record("debug", `protocol version ${version}, configuration sha256 ${sha256(config)}`);
      return config;
    } finally {
      connection.conversation.end();
    }
  } catch (error) {
    throw clientFailure(error);
  } finally {
    await identity.close();
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A failure of a registration as a ClientError; anything else as it is. */
export function clientFailure(error: unknown): unknown {
  if (error instanceof TpmError) return new ClientError("Host", `TPM: ${error.message}`, { cause: error });
  if (!(error instanceof ProtocolError)) return error;
  const said = oneLine(error.message);
  if (error.code === "Refused" && isPassing(said)) return new ClientError("Unreachable", said, { cause: error });
  return new ClientError(error.code === "Refused" ? "Refused" : "Protocol", said, { cause: error });
}
