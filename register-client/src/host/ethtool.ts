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
  const values = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const line of text.split("\n")) {
    const field = /^\t([^\s:][^:]*):(.*)$/.exec(line);
    if (field) {
      current = [];
      values.set(field[1] ?? "", current);
    }
    const words = (field ? (field[2] ?? "") : line).trim();
    if (words !== "") current?.push(words);
  }
  const one = (key: string) => {
    const value = values.get(key)?.join(" ") ?? "";
    return value.startsWith("Unknown!") ? "" : value;
  };
  const many = (key: string) => {
    const value = values.get(key)?.join(" ").replace(/[[\]]/g, "").trim() ?? "";
    return value === "" || value === "Not reported" ? [] : value.split(/\s+/);
  };
  return {
    speed: one("Speed"),
    duplex: one("Duplex"),
    supportedPorts: many("Supported ports"),
    supportedLinkModes: many("Supported link modes"),
    advertisedLinkModes: many("Advertised link modes"),
  };
}
