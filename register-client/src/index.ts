import { fileURLToPath } from "node:url";

export { type Connection, type DialOptions, dial, referenceLimits } from "./connection/dial.ts";
export { ClientError } from "./errors.ts";
export { type Host, localHost } from "./host/host.ts";
export { elementalRegister, type Output } from "./program.ts";
export { clientFailure } from "./registration/register-once.ts";
export { withRetries } from "./registration/retry.ts";
export { elementalSupport } from "./support/support.ts";

/** Path of the program `elemental-register`, to be run by Node. */
export const registerProgram = fileURLToPath(new URL("./main.ts", import.meta.url));
