/** Whether a part works; false or a rejection is "no". */
export type Check = () => Promise<boolean>;

export interface CheckReport {
  ready: boolean;
  /** `ok`, or why not. */
  checks: Record<string, string>;
}

const checkMs = 3000;

/** Runs all checks at once; one that does not answer within 3 s has failed. */
export async function runChecks(checks: Record<string, Check>): Promise<CheckReport> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await outcome(check)] as const),
  );
  return { ready: results.every(([, result]) => result === "ok"), checks: Object.fromEntries(results) };
}

async function outcome(check: Check): Promise<string> {
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve(`no answer within ${checkMs} ms`), checkMs);
  const answer = check().then(
    (ok) => (ok ? "ok" : "failed"),
    (error: unknown) => (error instanceof Error ? error.message : "failed"),
  );
  const result = await Promise.race([answer, late]);
  clearTimeout(timer);
  return result;
}
