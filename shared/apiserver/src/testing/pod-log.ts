import { once } from "node:events";
import { get } from "node:https";
import type { EmbeddedKubernetes } from "../embedded.ts";
import { printed } from "./pods.ts";

/** The log of a Pod of the namespace `default`, as the API hands it out over HTTPS. */
export async function readPodLog({ url, pki }: EmbeddedKubernetes, pod: string): Promise<string> {
  const { certificate: cert, key } = pki.administrator;
  const path = `${url}/api/v1/namespaces/default/pods/${pod}/log`;
  const [response] = await once(get(path, { ca: pki.authority.certificate, cert, key, agent: false }), "response");
  return (await printed(response)) ?? "";
}
