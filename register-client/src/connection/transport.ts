import { type ClientTransport, MessageType } from "@elemental/protocol";
import type { WebSocket } from "ws";
import { ClientError, refusedBy } from "../errors.ts";
import { oneLine } from "../output/one-line.ts";

/** A conversation over a websocket with one absolute time limit for both directions. */
export interface Conversation extends ClientTransport {
  /** Ends the connection without ceremony; the server does not wait for any. */
  end(): void;
}

/** Close codes of a server that will be back: going away, restarting, overloaded. */
const passing = new Set([1001, 1012, 1013]);

/** A connection that ended without a close frame. */
const ABNORMAL = 1006;

/** The message by which a server accepts the machine's identity. */
const ready = Buffer.of(MessageType.Ready);

/** Starts the conversation on a paused websocket; after `budgetMs` whatever is pending rejects. Failures are ClientErrors. */
export function startConversation(websocket: WebSocket, budgetMs: number): Conversation {
  const messages: Buffer[] = [];
  let waiting: PromiseWithResolvers<Buffer> | undefined;
  let failure: ClientError | undefined;
  let accepted = false;

  const fail = (error: ClientError) => {
    failure ??= error;
    clearTimeout(timer);
    waiting?.reject(failure);
    waiting = undefined;
  };
  const timer = setTimeout(() => {
    fail(new ClientError("Protocol", `the server did not finish the registration within ${budgetMs / 1000} s`));
    websocket.terminate();
  }, budgetMs);

  websocket.on("message", (data: Buffer, isBinary: boolean) => {
    if (!isBinary) return fail(new ClientError("Protocol", "the server sent a text message"));
    accepted ||= data.equals(ready);
    if (waiting) waiting.resolve(data);
    else messages.push(data);
    waiting = undefined;
  });
  websocket.on("close", (code: number, reason: Buffer) => fail(closeFailure(code, reason.toString(), accepted)));
  websocket.on("error", (error) => fail(brokenConnection(error)));

  websocket.resume();

  return {
    send: (message) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure);
        websocket.send(message, (error) => (error ? reject(failure ?? brokenConnection(error)) : resolve()));
      }),
    receive: () => {
      const next = messages.shift();
      if (next) return Promise.resolve(next);
      if (failure) return Promise.reject(failure);
      waiting = Promise.withResolvers();
      return waiting.promise;
    },
    end: () => {
      clearTimeout(timer);
      websocket.terminate();
    },
  };
}

/** The system's errors may pass, as when a server is killed; others say that it breaks the rules of websockets. */
function brokenConnection(error: Error & { code?: string }): ClientError {
  const code = error.code?.startsWith("WS_") ? "Protocol" : "Unreachable";
  return new ClientError(code, `the connection broke: ${oneLine(error.message)}`, { cause: error });
}

/** The original's server ends a connection so when it does not accept an identity; later it can only be an accident. */
function closeFailure(code: number, reason: string, accepted: boolean): ClientError {
  const said = oneLine(reason);
  if (code === ABNORMAL && accepted) {
    return new ClientError("Unreachable", "the server dropped the connection: is it restarting?");
  }
  if (passing.has(code)) return new ClientError("Unreachable", `the server is going away${said && `: ${said}`}`);
  if (said !== "") return refusedBy(said);
  return new ClientError(
    "Refused",
    "the server closed the connection without a reason: it may not accept this machine's identity",
  );
}
