import { z } from "zod";
import type { ObjectMeta } from "../meta.ts";

export const apiGroup = "elemental.cattle.io";
/** The only served and stored version of the API group. */
export const servedVersion = "v1beta1";
export const apiVersion = "elemental.cattle.io/v1beta1";

/** Building blocks of optional fields; `description` becomes the text of `kubectl explain`. */
export const text = (description: string) => z.string().describe(description).optional();
export const flag = (description: string) => z.boolean().describe(description).optional();
export const texts = (description: string) => z.array(z.string()).describe(description).optional();
export const textMap = (description: string) => z.record(z.string(), z.string()).describe(description).optional();

/** A string that matches `source`, kept letter for letter in the generated schema. */
export const matching = (source: string) => z.string().regex(new RegExp(source)).meta({ pattern: source });

export const integer = () => z.int();
export const int32 = () => z.int32().meta({ format: "int32" });

/** An int64 that the system itself counts and that stays below 2^53. */
export const counter = () => z.int().meta({ format: "int64" });

/** An int64 chosen by a user: beyond 2^53 the JSON decoder of shared/kube delivers it as a bigint, losing no digit. */
export const int64 = () => z.union([z.int(), z.bigint()]).meta({ type: "integer", format: "int64" });

/** A number or its text form, e.g. `1` or `"25%"`. */
export const intOrString = () => z.union([z.int(), z.string()]).meta({ "x-kubernetes-int-or-string": true });

const quantityPattern =
  "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$";

/** A Kubernetes quantity: a number of units or text such as `6Gi`. */
export const quantity = () =>
  z
    .union([z.int(), z.string().regex(new RegExp(quantityPattern))])
    .meta({ pattern: quantityPattern, "x-kubernetes-int-or-string": true });

/**
 * Any JSON value, kept as it is. Where an object is meant the API server does not insist on it:
 * readers check with `isJsonObject` and treat anything else as an error of that one object.
 */
export const schemaless = (description: string) =>
  z.unknown().meta({ description, "x-kubernetes-preserve-unknown-fields": true }).optional();

/** A date and time in RFC 3339. */
export const time = (description: string) => z.string().meta({ description, format: "date-time" });

/** Marks a field that is required although the API server defaults it. */
export const requiredDespiteDefault = { "x-required": true } as const;

/** Marks an object whose fields are replaced together, and a list without keys. */
export const atomicMap = { "x-kubernetes-map-type": "atomic" } as const;
export const atomicList = { "x-kubernetes-list-type": "atomic" } as const;

/** A custom resource with spec and status, both of which may be absent, as the API server accepts it. */
export function customResource<Kind extends string, Spec extends z.ZodType, Status extends z.ZodType>(
  kind: Kind,
  parts: { spec: Spec; status: Status },
) {
  return customResourceWithoutStatus(kind, parts).extend({ status: parts.status.optional() });
}

export function customResourceWithoutStatus<Kind extends string, Spec extends z.ZodType>(
  kind: Kind,
  parts: { spec: Spec },
) {
  return z.object({
    apiVersion: z.literal(apiVersion),
    kind: z.literal(kind),
    metadata: z.custom<ObjectMeta>(isJsonObject),
    spec: parts.spec.optional(),
  });
}

/** Whether a decoded JSON value is an object (not null, not a list). */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
