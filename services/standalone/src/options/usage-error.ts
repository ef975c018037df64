/** The command line or a setting is wrong; `message` says which and what to do. Leads to exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "Usage";
}
