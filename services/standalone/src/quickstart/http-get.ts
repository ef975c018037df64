import { get as httpGet, type IncomingMessage } from "node:http";
import { get as httpsGet } from "node:https";

/** Fetches a URL and resolves with the body's stream; any status but 200 is an Error that names it. */
export type HttpGet = (url: string) => Promise<IncomingMessage>;

/** A client that trusts the given CA certificate (PEM) besides nothing else; plain HTTP needs none. */
export function httpClient(ca: string | undefined): HttpGet {
  return (url) =>
    new Promise((resolve, reject) => {
      const target = new URL(url);
      const get = target.protocol === "https:" ? httpsGet : httpGet;
      get(target, { ...(ca && { ca }), agent: false }, (response) => {
        if (response.statusCode === 200) return resolve(response);
        response.resume();
        reject(new Error(`GET ${target.host} answered ${response.statusCode}`));
      }).on("error", reject);
    });
}
