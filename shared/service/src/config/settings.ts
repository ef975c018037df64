import { z } from "zod";

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `true` or `false`. */
export const flag = () =>
  z.enum(["true", "false"], { error: "must be true or false" }).transform((text) => text === "true");

/** A time such as 500ms, 10s, 5m or 12h; milliseconds once read. */
export const duration = () =>
  z
    .string()
    .regex(/^\d+(ms|s|m|h)$/, "must be a time such as 500ms, 10s, 5m or 12h")
    .transform((text) => {
      const [, amount = "0", unit = "ms"] = /^(\d+)(\w+)$/.exec(text) ?? [];
      return Number(amount) * (unitMs[unit] ?? 1);
    });

/** A whole number between `min` and `max`. */
export const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);

export interface ListenAddress {
  host: string;
  port: number;
}

/** HOST:PORT to listen on, IPv6 in brackets; port 0 takes a free one. */
export const listenAddress = () =>
  z
    .string()
    .regex(/^(\[[0-9a-fA-F:.]+\]|[^:[\]]+):\d{1,5}$/, "must be HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080")
    .transform((text, context): ListenAddress => {
      const colon = text.lastIndexOf(":");
      const port = Number(text.slice(colon + 1));
      if (port > 65_535) context.addIssue("the port must be at most 65535");
      return { host: text.slice(0, colon).replace(/^\[|\]$/g, ""), port };
    });

/** An http or https URL, without a trailing slash once read. */
export const httpUrl = () =>
  z
    .url({ protocol: /^https?$/, error: "must be an http:// or https:// URL" })
    .transform((text) => text.replace(/\/+$/, ""));
