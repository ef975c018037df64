/** Shows the steps of a run as they happen and keeps how long each took. */
export interface Progress {
  /** Runs `work` as the step `name`; a failure is shown and passed on. */
  step<T>(name: string, title: string, work: () => Promise<T>): Promise<T>;
  /** A line below the step under way. */
  note(text: string): void;
  readonly steps: { name: string; title: string; ms: number; ok: boolean }[];
}

/** Progress as lines on `out`: readable on a terminal, in a log and on a serial console. */
export function lineProgress(out: NodeJS.WritableStream): Progress {
  const steps: Progress["steps"] = [];
  return {
    steps,
    note: (text) => out.write(`    ${text}\n`),
    async step(name, title, work) {
      const start = performance.now();
      out.write(`  … ${title}\n`);
      const finish = (ok: boolean) => {
        const ms = Math.round(performance.now() - start);
        steps.push({ name, title, ms, ok });
        out.write(`  ${ok ? "✔" : "✘"} ${title} (${ms} ms)\n`);
      };
      try {
        const result = await work();
        finish(true);
        return result;
      } catch (error) {
        finish(false);
        throw error;
      }
    },
  };
}
