import { createHash, randomBytes } from "node:crypto";

const TOKEN_BYTES = 32;

/** A new token of 256 random bits, in letters that need no quoting anywhere. */
export function randomToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/**
 * Lower-case hex SHA-256 of a token. Tokens are compared and indexed by it, so that the time a comparison takes says
 * nothing about them.
 */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
