import { createInterface } from "node:readline";
import { parseJson } from "@elemental/api";
import { type Body, type CallOptions, open } from "./api.ts";

/** An open watch. */
export interface WatchStream {
  /** HTTP status of the response. */
  status: number;
  /** The next event; throws when the watch ends or nothing comes within ten seconds. */
  next(): Promise<Body>;
  /** Reads to the end of the watch and returns what came. */
  rest(): Promise<Body[]>;
  close(): void;
}

/** Opens a watch. `path` has its query, without `watch`. */
export async function watch(path: string, options?: CallOptions): Promise<WatchStream> {
  const response = await open("GET", `${path}${path.includes("?") ? "&" : "?"}watch=true`, undefined, options);
  const lines = createInterface({ input: response })[Symbol.asyncIterator]();
  const line = async (): Promise<Body | undefined> => {
    const { value, done } = await lines.next();
    return done ? undefined : parseJson(value);
  };
  return {
    status: response.statusCode ?? 0,
    async next() {
      const event = await withDeadline(line());
      if (event === undefined) throw new Error("the watch has ended");
      return event;
    },
    async rest() {
      const events: Body[] = [];
      for (let event = await withDeadline(line()); event !== undefined; event = await withDeadline(line()))
        events.push(event);
      return events;
    },
    close: () => response.destroy(),
  };
}

function withDeadline<T>(promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no event within 10 s")), 10_000);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Type and object name of an event. */
export function summary({ type, object }: Body): string {
  return `${type} ${object.metadata.name}`;
}
