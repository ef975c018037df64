import { isIP, isIPv4, isIPv6 } from "node:net";

const patterns: Record<string, RegExp> = {
  "date-time": /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  byte: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  uuid: /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
  uuid3: /^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
  uuid4: /^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i,
  uuid5: /^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i,
  email: /^[^@\s]+@[^@\s]+$/,
  hostname: /^([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/,
  mac: /^([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$/,
  hexcolor: /^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/,
  duration: /^\d+(\.\d+)?\s*(ns|us|µs|ms|s|m|h|d|w|[a-z]+)(\s*\d+(\.\d+)?\s*(ns|us|µs|ms|s|m|h|d|w|[a-z]+))*$/,
};

const checks: Record<string, (text: string) => boolean> = {
  ipv4: isIPv4,
  ipv6: isIPv6,
  cidr: (text) => {
    const [address = "", prefix = "", ...rest] = text.split("/");
    const bits = isIPv4(address) ? 32 : 128;
    return isIP(address) !== 0 && rest.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits;
  },
  uri: (text) => URL.canParse(text) || text.startsWith("/"),
};

/** Whether a string has the format; unknown formats are ignored, as Kubernetes does. */
export function hasFormat(text: string, format: string): boolean {
  if (Object.hasOwn(checks, format)) return checks[format]?.(text) ?? true;
  const pattern = Object.hasOwn(patterns, format) ? patterns[format] : undefined;
  return pattern?.test(text) ?? true;
}

export function isKnownFormat(format: string): boolean {
  return Object.hasOwn(checks, format) || Object.hasOwn(patterns, format);
}
