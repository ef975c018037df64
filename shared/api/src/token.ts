import { randomInt } from "node:crypto";

/** No vowels, so that no words appear, and nothing that looks alike. */
const alphabet = "bcdfghjklmnpqrstvwxz2456789";
const length = 54;

/** Whether a text looks like a random token. */
export const randomTokenPattern = new RegExp(`^[${alphabet}]{${length}}$`);

/** A random token for URLs: registrations and downloads; resources-and-controllers 2.1. */
export function randomToken(): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
}
