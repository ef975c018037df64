/** What `ethtool` tells about a link; texts are empty and lists without members where it does not know. */
export interface LinkSettings {
  speed: string;
  duplex: string;
  supportedPorts: string[];
  supportedLinkModes: string[];
  advertisedLinkModes: string[];
}

/** Reads the output of `ethtool <interface>` (register-client-and-media 3.4). */
export function parseEthtool(text: string): LinkSettings {
  const fields = parseFields(text);
  const one = (key: string) => {
    const value = fields.get(key)?.join(" ") ?? "";
    return value.startsWith("Unknown!") ? "" : value;
  };
  return {
    speed: one("Speed"),
    duplex: one("Duplex"),
    supportedPorts: words(fields, "Supported ports"),
    supportedLinkModes: words(fields, "Supported link modes"),
    advertisedLinkModes: words(fields, "Advertised link modes"),
  };
}

/** The forward error corrections of a link: what it supports and what it advertises. */
export function parseFecModes(text: string): { supported: string[]; advertised: string[] } {
  const fields = parseFields(text);
  return { supported: words(fields, "Supported FEC modes"), advertised: words(fields, "Advertised FEC modes") };
}

/** A feature of an interface, and whether it can be switched. */
export interface Feature {
  name: string;
  isEnabled: boolean;
  canEnable: boolean;
}

/** Reads the output of `ethtool --show-features <interface>`: `name: on`, with `[fixed]` for what cannot be switched. */
export function parseFeatures(text: string): Feature[] {
  return [...text.matchAll(/^\s*([\w-]+): (on|off)(.*)$/gm)].map(([, name = "", state, remark = ""]) => ({
    name,
    isEnabled: state === "on",
    canEnable: !remark.includes("[fixed]"),
  }));
}

/** Fields by name; the lines below a field belong to it. */
function parseFields(text: string): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const line of text.split("\n")) {
    const field = /^\t([^\s:][^:]*):(.*)$/.exec(line);
    if (field) {
      current = [];
      fields.set(field[1] ?? "", current);
    }
    const value = (field ? (field[2] ?? "") : line).trim();
    if (value !== "") current?.push(value);
  }
  return fields;
}

function words(fields: ReadonlyMap<string, string[]>, key: string): string[] {
  const value = fields.get(key)?.join(" ").replace(/[[\]]/g, "").trim() ?? "";
  return value === "" || value === "Not reported" ? [] : value.split(/\s+/);
}
