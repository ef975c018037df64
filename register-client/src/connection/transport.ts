import type { ClientTransport } from "@elemental/protocol";
import type { WebSocket } from "ws";
import { ClientError } from "../errors.ts";
import { oneLine } from "../output/one-line.ts";

/** A conversation over a websocket with one absolute time limit for both directions. */
export interface Conversation extends ClientTransport {
  /** Ends the connection without ceremony; the server does not wait for any. */
  end(): void;
}

/** Close codes of a server that will be back: going away, restarting, overloaded. */
const passing = new Set([1001, 1012, 1013]);

/** Starts the conversation on a paused websocket; after `budgetMs` whatever is pending rejects. Failures are ClientErrors. */
export function startConversation(websocket: WebSocket, budgetMs: number): Conversation {
  const messages: Buffer[] = [];
  let waiting: PromiseWithResolvers<Buffer> | undefined;
  let failure: ClientError | undefined;

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
    if (waiting) waiting.resolve(data);
    else messages.push(data);
    waiting = undefined;
  });
  websocket.on("close", (code: number, reason: Buffer) => fail(closeFailure(code, reason.toString())));
  websocket.on("error", (error) => fail(new ClientError("Protocol", `the connection broke: ${error.message}`)));

  websocket.resume();

  return {
    send: (message) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure);
        websocket.send(message, (error) => (error ? reject(failure ?? error) : resolve()));
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

function closeFailure(code: number, reason: string): ClientError {
  const said = oneLine(reason);
  if (passing.has(code)) return new ClientError("Unreachable", `the server is going away${said && `: ${said}`}`);
  if (said !== "") return new ClientError("Refused", `the server refused this machine: ${said}`);
  return new ClientError(
    "Refused",
    "the server closed the connection without a reason: it may not accept this machine's identity",
  );
}
