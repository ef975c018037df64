/** What a Redis URL says: one server, a master that sentinels know, or a cluster. Hosts are tried in their order. */
export interface Topology {
  kind: "single" | "sentinel" | "cluster";
  tls: boolean;
  hosts: { host: string; port: number }[];
  username?: string;
  password?: string;
  /** Number of the database; a cluster has only 0. */
  db: number;
  /** Of `sentinel`: the name of the master, and what the sentinels themselves want to know. */
  master?: string;
  sentinelUsername?: string;
  sentinelPassword?: string;
}

const form = /^redis(s)?(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/;
const standardPort = { single: 6379, sentinel: 26379, cluster: 6379 };

/**
 * Reads `redis://`, `redis+sentinel://HOST,HOST/MASTER[/DB]` and `redis+cluster://HOST,HOST`; `rediss` instead of `redis`
 * is TLS. Sentinels may have `?sentinelUsername=` and `?sentinelPassword=` of their own. Throws without naming the URL,
 * which may contain a password.
 */
export function parseRedisUrl(url: string): Topology {
  const match = form.exec(url);
  if (!match)
    throw new Error(
      "the Redis URL is none: redis://HOST, redis+sentinel://HOST,HOST/MASTER or redis+cluster://HOST,HOST",
    );
  const [, secure, scheme, login, hosts = "", path = "", query = ""] = match;
  const kind = (scheme ?? "single") as Topology["kind"];
  const parts = path.split("/");
  const master = kind === "sentinel" ? parts.shift() : undefined;
  if (master === "")
    throw new Error("the Redis URL must name the master that the sentinels know: redis+sentinel://HOST,HOST/MASTER");
  const parameters = new URLSearchParams(query);
  return {
    kind,
    tls: secure !== undefined,
    hosts: hosts.split(",").map((host) => parseHost(host, standardPort[kind])),
    ...credentials(login),
    db: database(parts[0] ?? "", kind),
    ...(master !== undefined && { master: decodeURIComponent(master) }),
    ...optional("sentinelUsername", parameters.get("sentinelUsername")),
    ...optional("sentinelPassword", parameters.get("sentinelPassword")),
  };
}

function parseHost(text: string, standard: number): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(text.trim());
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) throw new Error("the Redis URL has a host that is none: HOST, HOST:PORT or [IPV6]:PORT");
  return { host, port: Number(match?.[3] ?? standard) };
}

function database(text: string, kind: Topology["kind"]): number {
  if (!/^\d*$/.test(text)) throw new Error("the database of the Redis URL must be a number");
  if (kind === "cluster" && Number(text) > 0) throw new Error("a Redis cluster has no other database than 0");
  return Number(text);
}

function credentials(login: string | undefined): Pick<Topology, "username" | "password"> {
  const [username, ...password] = (login ?? "").split(":");
  return { ...optional("username", username), ...optional("password", password.join(":")) };
}

function optional<K extends string>(key: K, value: string | null | undefined): Partial<Record<K, string>> {
  return value ? ({ [key]: decodeURIComponent(value) } as Record<K, string>) : {};
}
