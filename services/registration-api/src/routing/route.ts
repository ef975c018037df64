import type { Answer } from "../http/answer.ts";

/** Where a request goes, by its path alone (registration-protocol 1.2, 1.3). */
export type Route =
  | { to: "registration"; token: string }
  | { to: "seedImage"; token: string; file: string }
  /** `path` is what follows `/elemental/agent`, query included, as the agent wrote it. */
  | { to: "agent"; path: string }
  | { to: "nowhere"; answer: Answer };

const AGENT = "/elemental/agent";

const notFound: Route = { to: "nowhere", answer: { status: 404, body: "\n" } };

/** Routes a request target. Nothing is normalised: `//` and `..` are segments like others, and lead nowhere. */
export function route(target: string): Route {
  const rawPath = target.replace(/[?#].*$/s, "");
  if (rawPath === AGENT || rawPath.startsWith(`${AGENT}/`))
    return { to: "agent", path: target.slice(AGENT.length) || "/" };
  const path = decode(rawPath);
  if (path === undefined) return { to: "nowhere", answer: { status: 400, body: "bad path\n" } };
  const [root, first, api, ...rest] = path.split("/");
  if (root !== "" || first !== "elemental" || api === undefined) return notFound;
  if (api === "registration") return registration(rest);
  if (api === "seedimage") return seedImage(rest);
  return { to: "nowhere", answer: { status: 400, body: `unknwon api: ${escapeHtml(api)}\n` } };
}

/** Exactly a token, with an optional trailing slash (H2). */
function registration([token, ...rest]: string[]): Route {
  const slash = rest.length === 0 || (rest.length === 1 && rest[0] === "");
  return token && slash ? { to: "registration", token } : notFound;
}

function seedImage([token, file, ...rest]: string[]): Route {
  return token && file && rest.length === 0 ? { to: "seedImage", token, file } : notFound;
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;" };

function escapeHtml(text: string): string {
  return text.replace(/[&<>'"]/g, (character) => escapes[character] ?? character);
}
