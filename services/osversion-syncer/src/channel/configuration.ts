import type { ManagedOSVersionChannel } from "@elemental/api";
import { type EnvFromSource, type EnvVar, envFromSource, envVar, isJsonObject } from "@elemental/api";
import { z } from "zod";
import { parseDuration } from "../duration.ts";
import { type Decoded, decoder } from "../json/decode.ts";

const paths = {
  mountPath: z.string().default("/data"),
  outputFile: z.string().default("/data/output"),
};

const decodeJsonOptions = decoder(
  z.object({ ...paths, uri: z.string().min(1, "can't be empty"), timeout: z.string().optional() }),
);

const decodeCustomOptions = decoder(
  z.object({
    ...paths,
    image: z.string().optional(),
    command: z.array(z.string()).optional(),
    args: z.array(z.string()).optional(),
    envs: z.array(envVar).optional(),
    envFrom: z.array(envFromSource).optional(),
  }),
);

/** Where the list of versions comes from: a URL, or whatever a container of the user's writes to `outputFile`. */
export type ChannelSource = { mountPath: string; outputFile: string } & (
  | { type: "json"; uri: string; timeout?: string }
  | { type: "custom"; image?: string; command?: string[]; args?: string[]; envs?: EnvVar[]; envFrom?: EnvFromSource[] }
);

export interface ChannelConfiguration {
  intervalMs: number;
  source: ChannelSource;
}

const minimumIntervalMs = 60_000;

/** The usable form of a channel's spec, or the message that says what the user must mend. */
export function readConfiguration(spec: ManagedOSVersionChannel["spec"]): Decoded<ChannelConfiguration> {
  if (!spec?.type) return { problem: "spec.Type can't be empty" };
  const intervalMs = parseDuration(spec.syncInterval ?? "1h");
  if (intervalMs === undefined) return { problem: "spec.SyncInterval is not parseable by time.ParseDuration" };
  if (intervalMs < minimumIntervalMs) return { problem: "spec.SyncInterval is shorter than the minimum of 1m" };
  const result = readSource(spec.type.toLowerCase(), spec.options ?? {});
  return result.problem === undefined ? { value: { intervalMs, source: result.value } } : result;
}

function readSource(type: string, options: unknown): Decoded<ChannelSource> {
  if (type !== "json" && type !== "custom") return { problem: "spec.Type is not supported" };
  if (!isJsonObject(options)) return { problem: "spec.options is not an object" };
  if (type === "json") {
    const { value, problem } = decodeJsonOptions(options);
    return value ? { value: { type, ...value } } : { problem: `spec.options.${problem}` };
  }
  const { value, problem } = decodeCustomOptions(options);
  return value ? { value: { type, ...value } } : { problem: `spec.options.${problem}` };
}
