import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";

/** What a machine says on its serial port. */
export interface SerialConsole {
  readonly lines: readonly string[];
  /**
   * The match of the first line, past or future, that fits `pattern`. Rejects, with the last lines, when the machine has ended
   * or `deadlineMs` have passed without one.
   */
  says(pattern: RegExp, deadlineMs?: number): Promise<RegExpExecArray>;
  /** The last lines, for error messages. */
  tail(): string;
}

/** Far beyond what the slowest step takes on an emulated machine whose host is busy. */
const patienceMs = 15 * 60_000;
const tailLines = 40;

export function serialConsole(stream: NodeJS.ReadableStream, onLine: (line: string) => void): SerialConsole {
  const lines: string[] = [];
  const watchers = new Set<() => void>();
  let ended = false;
  const wake = () => {
    for (const watcher of watchers) watcher();
  };
  createInterface({ input: stream })
    .on("line", (raw) => {
      // Firmware and boot loaders send terminal control sequences.
      const line = stripVTControlCharacters(raw).trimEnd();
      if (line === "") return;
      lines.push(line);
      onLine(line);
      wake();
    })
    .on("close", () => {
      ended = true;
      wake();
    });
  const tail = () => lines.slice(-tailLines).join("\n");
  return {
    lines,
    tail,
    says: (pattern, deadlineMs = patienceMs) =>
      new Promise((resolve, reject) => {
        let next = 0;
        const finish = (settle: () => void) => {
          clearTimeout(timer);
          watchers.delete(look);
          settle();
        };
        const fail = (why: string) =>
          finish(() => reject(new Error(`${why} before it said ${pattern}. The end of its console:\n${tail()}`)));
        const timer = setTimeout(() => fail(`The machine took more than ${deadlineMs / 1000} s`), deadlineMs);
        const look = () => {
          for (; next < lines.length; next++) {
            const match = pattern.exec(lines[next] ?? "");
            if (match) return finish(() => resolve(match));
          }
          if (ended) fail("The machine ended");
        };
        watchers.add(look);
        look();
      }),
  };
}
