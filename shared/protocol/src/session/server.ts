import { ProtocolError } from "../errors.ts";
import { legacySystemData } from "../hardware/legacy.ts";
import { collectAnnotations, collectLabels, emptyReport, type MachineReport } from "../inventory/index.ts";
import { type JsonObject, parseJsonObject, parseStringMap } from "../json/index.ts";
import {
  decodeMessage,
  encodeErrorPayload,
  encodeMessage,
  type Message,
  MessageType,
  messageName,
  negotiate,
  speaks,
  UNNEGOTIATED_VERSION,
} from "../message/index.ts";
import { type RefusalCode, refusalText } from "../refusals/index.ts";
import { meter } from "./limits.ts";

/** What the server has to do, in order. */
export type ServerAction =
  /** Send one binary message, as one frame. */
  | { kind: "send"; message: Uint8Array }
  /** The client asked for its configuration: commit the inventory, then call `succeed` or `fail`. */
  | { kind: "commit"; report: MachineReport }
  /** End the conversation; `cause` is for logs. */
  | { kind: "close"; code: number; reason: string; cause: unknown };

export interface ServerSessionOptions {
  /** `spec.labelPrefix` of the registration. */
  labelPrefix: string | undefined;
  /** An inventory of this machine is stored. */
  known: boolean;
  /** TPM only: what is sent first, and the check of the answer, which throws a ProtocolError when it is wrong. */
  challenge?: { message: Uint8Array; check(response: Uint8Array): void };
}

/** Why a conversation ends without a configuration; `message` may be read by the client. */
export interface SessionFailure {
  code: RefusalCode;
  message: string;
}

/** A close frame holds 123 bytes of reason; ours are ASCII. */
const MAX_REASON_LENGTH = 123;

/** WebSocket close codes. */
export const closeCodes = { normal: 1000, protocolError: 1002, policyViolation: 1008, internalError: 1011 } as const;

type Phase = "challenge" | "open" | "committing" | "closed";

/** One conversation as the server sees it (registration-protocol 4.4). Nothing here waits, and no method throws. */
export class ServerSession {
  readonly #options: ServerSessionOptions;
  readonly #meter = meter();
  readonly #report = emptyReport();
  #version = UNNEGOTIATED_VERSION;
  #phase: Phase;

  constructor(options: ServerSessionOptions) {
    this.#options = options;
    this.#phase = options.challenge ? "challenge" : "open";
  }

  /** The negotiated version. */
  get version(): number {
    return this.#version;
  }

  /** The first actions after the upgrade. */
  start(): ServerAction[] {
    const { challenge } = this.#options;
    return [challenge ? { kind: "send", message: challenge.message } : send(MessageType.Ready)];
  }

  /** One reassembled message. Once a close was returned, or while a commit is under way, messages are ignored. */
  receive(data: Uint8Array, binary: boolean): ServerAction[] {
    if (this.#phase === "closed" || this.#phase === "committing") return [];
    try {
      this.#meter.countMessage(data.length);
      if (this.#phase === "challenge") return this.#checkResponse(data);
      if (!binary) throw new ProtocolError("Unexpected", "text message");
      return this.#handle(decodeMessage(data));
    } catch (error) {
      return this.#closeAfter(error);
    }
  }

  /** Ends the commit with the configuration document. */
  succeed(config: Uint8Array): ServerAction[] {
    if (this.#phase !== "committing") return [];
    const answer: ServerAction = speaks.typedConfig(this.#version)
      ? send(MessageType.Config, config)
      : { kind: "send", message: config };
    return [answer, ...this.#close(closeCodes.normal, "registered")];
  }

  /** Ends the conversation with a reason that the client can show; older clients get a close only. */
  fail({ code, message }: SessionFailure, cause?: unknown): ServerAction[] {
    if (this.#phase === "closed") return [];
    if (!speaks.errors(this.#version)) {
      return this.#close(closeCodes.policyViolation, refusalText(code, message, MAX_REASON_LENGTH), cause);
    }
    const payload = encodeErrorPayload(refusalText(code, message));
    return [send(MessageType.Error, payload), ...this.#close(closeCodes.normal, "refused", cause)];
  }

  #checkResponse(data: Uint8Array): ServerAction[] {
    this.#options.challenge?.check(data);
    this.#phase = "open";
    return [send(MessageType.Ready)];
  }

  #handle({ type, payload }: Message): ServerAction[] {
    const handler = this.#handlers[type];
    if (!handler) throw new ProtocolError("Unexpected", `unexpected ${messageName(type)} message`);
    this.#meter.countType(type);
    return handler(payload);
  }

  readonly #handlers: Partial<Record<MessageType, (payload: Uint8Array) => ServerAction[]>> = {
    [MessageType.Version]: (payload) => {
      this.#version = agree(payload);
      return [send(MessageType.Version, Uint8Array.of(this.#version))];
    },
    [MessageType.Smbios]: (payload) => this.#merge(parseJsonObject(payload)),
    [MessageType.SystemDataV2]: (payload) => this.#merge(parseJsonObject(payload)),
    [MessageType.SystemData]: (payload) => this.#merge(legacySystemData(parseJsonObject(payload))),
    [MessageType.Labels]: (payload) => {
      collectLabels(this.#report, parseStringMap(payload), this.#options.labelPrefix);
      return [send(MessageType.Ready)];
    },
    [MessageType.Annotations]: (payload) => {
      collectAnnotations(this.#report, parseStringMap(payload), this.#options.labelPrefix);
      return [send(MessageType.Ready)];
    },
    [MessageType.Update]: () => (this.#options.known ? [send(MessageType.Ready)] : this.#failUpdate()),
    [MessageType.Get]: () => {
      this.#phase = "committing";
      return [{ kind: "commit", report: this.#report }];
    },
  };

  #failUpdate(): ServerAction[] {
    const error = new ProtocolError("Refused", "MachineInventory not found", { refusal: "InventoryNotFound" });
    return this.fail({ code: error.refusal, message: error.message }, error);
  }

  /** Top-level keys of later data replace earlier ones. */
  #merge(data: JsonObject): ServerAction[] {
    Object.assign(this.#report.data, data);
    return [send(MessageType.Ready)];
  }

  #closeAfter(error: unknown): ServerAction[] {
    if (!(error instanceof ProtocolError)) {
      return this.#close(closeCodes.internalError, refusalText("Unavailable", "internal error"), error);
    }
    const code = error.code === "Malformed" ? closeCodes.protocolError : closeCodes.policyViolation;
    return this.#close(code, refusalText(error.refusal, error.message, MAX_REASON_LENGTH), error);
  }

  #close(code: number, reason: string, cause?: unknown): ServerAction[] {
    this.#phase = "closed";
    return [{ kind: "close", code, reason, cause }];
  }
}

function send(type: MessageType, payload?: Uint8Array): ServerAction {
  return { kind: "send", message: encodeMessage(type, payload) };
}

function agree(payload: Uint8Array): number {
  const [wanted, ...rest] = payload;
  const version = wanted === undefined || rest.length > 0 ? undefined : negotiate(wanted);
  if (version === undefined) throw new ProtocolError("Unexpected", "unsupported protocol version");
  return version;
}
