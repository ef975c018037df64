import type { JsonObject } from "@elemental/protocol";
import type { RawClient } from "./raw-client.ts";

/** A data message: type, JSON, line feed. */
export function json(type: number, value: unknown): Buffer {
  return Buffer.concat([Buffer.from([type]), Buffer.from(`${JSON.stringify(value)}\n`)]);
}

export interface Told {
  data?: JsonObject;
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
}

/** Tells and asks what a client does after the negotiation; returns the answer to Get, without the type of Config. */
export async function tell(client: RawClient, { data, annotations, labels }: Told = {}): Promise<string> {
  for (const [type, value] of [
    [11, data],
    [9, annotations],
    [3, labels],
  ] as const) {
    if (value === undefined) continue;
    client.send(json(type, value));
    const answer = await client.message();
    if (answer.toString("hex") !== "01") throw new Error(`not Ready: ${answer.toString("hex")}`);
  }
  client.send([4]);
  const answer = await client.text();
  return answer.startsWith("\u0007") ? answer.slice(1) : answer;
}
