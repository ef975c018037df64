import { ProtocolError } from "../errors.ts";
import { encodeJsonPayload, type JsonObject } from "../json/index.ts";
import {
  CURRENT_VERSION,
  decodeErrorPayload,
  decodeMessage,
  encodeMessage,
  type Message,
  MessageType,
  messageName,
  speaks,
} from "../message/index.ts";

/** The connection of a client, after the upgrade. Both reject when it is lost or its time is over. */
export interface ClientTransport {
  /** Sends one binary message. */
  send(message: Uint8Array): Promise<void>;
  /** The next binary message, reassembled from its fragments. */
  receive(): Promise<Uint8Array>;
}

/** What a client tells about its machine; an absent member is not sent. */
export interface ClientReport {
  /** A previous registration is recorded: ask for an update of the known inventory. */
  update: boolean;
  smbios?: JsonObject;
  /** For servers of version 11 and later. */
  systemDataV2?: JsonObject;
  /** For servers of versions 6 to 10; collected only when needed. */
  legacySystemData?: () => JsonObject;
  annotations: Record<string, string>;
  labels: Record<string, string>;
}

export interface ClientOptions {
  /** Answers the TPM challenge with the client's response message; absent for plain authentication. */
  answerChallenge?: (challenge: Uint8Array) => Promise<Uint8Array>;
}

export interface ClientResult {
  /** The negotiated version. */
  version: number;
  /** The YAML of the configuration document, for `decodeConfig`. */
  config: Uint8Array;
}

/**
 * The whole conversation of a client after the upgrade (registration-protocol 4.5): one outstanding message at a time.
 * Rejects with ProtocolError: `Refused` carries the text of the server's MsgError, `Unsupported` says that the server is
 * too old for an update; errors of the transport pass through. Nothing is retried.
 */
export async function runClientSession(
  transport: ClientTransport,
  report: ClientReport,
  options: ClientOptions = {},
): Promise<ClientResult> {
  if (options.answerChallenge) await transport.send(await options.answerChallenge(await transport.receive()));
  expect(decodeMessage(await transport.receive()), MessageType.Ready);
  const version = await negotiateVersion(transport);
  for (const { type, payload } of steps(report, version)) {
    await transport.send(encodeMessage(type, payload));
    const answer = decodeMessage(await transport.receive());
    expect(answer, MessageType.Ready, type === MessageType.Update ? "update error: " : "");
  }
  await transport.send(encodeMessage(MessageType.Get));
  return { version, config: readConfig(await transport.receive(), version) };
}

async function negotiateVersion(transport: ClientTransport): Promise<number> {
  await transport.send(encodeMessage(MessageType.Version, Uint8Array.of(CURRENT_VERSION)));
  const answer = decodeMessage(await transport.receive());
  expect(answer, MessageType.Version);
  const [version, ...rest] = answer.payload;
  if (version === undefined || rest.length > 0)
    throw new ProtocolError("Malformed", "the server's version is unreadable");
  return version;
}

/** The messages between Version and Get, in the original's order, as far as the server's version knows them. */
function steps(report: ClientReport, version: number): Message[] {
  const messages: Message[] = [];
  const add = (type: MessageType, value: JsonObject) => messages.push({ type, payload: encodeJsonPayload(value) });
  if (report.update) {
    if (!speaks.update(version)) {
      throw new ProtocolError("Unsupported", "elemental-operator protocol version does not support update");
    }
    messages.push({ type: MessageType.Update, payload: new Uint8Array() });
  }
  if (report.smbios) add(MessageType.Smbios, report.smbios);
  if (speaks.systemDataV2(version)) {
    if (report.systemDataV2) add(MessageType.SystemDataV2, report.systemDataV2);
  } else if (speaks.systemData(version) && report.legacySystemData) {
    add(MessageType.SystemData, report.legacySystemData());
  }
  if (speaks.annotations(version)) add(MessageType.Annotations, report.annotations);
  if (Object.keys(report.labels).length > 0) add(MessageType.Labels, report.labels);
  return messages;
}

function readConfig(bytes: Uint8Array, version: number): Uint8Array {
  if (!speaks.typedConfig(version)) return bytes;
  const answer = decodeMessage(bytes);
  expect(answer, MessageType.Config);
  return answer.payload;
}

function expect(answer: Message, type: MessageType, errorPrefix = ""): void {
  if (answer.type === type) return;
  if (answer.type === MessageType.Error) {
    throw new ProtocolError("Refused", errorPrefix + decodeErrorPayload(answer.payload));
  }
  throw new ProtocolError("Unexpected", `the server answered ${messageName(answer.type)}, not ${messageName(type)}`);
}
