import { z } from "zod";
import { atomicList, atomicMap, text } from "./fields.ts";

export const objectReference = z
  .object({
    apiVersion: text("API version of the object."),
    kind: text("Kind of the object."),
    namespace: text("Namespace of the object."),
    name: text("Name of the object."),
    uid: text("UID of the object."),
    resourceVersion: text("Version of the object."),
    fieldPath: text("Part of the object that is meant."),
  })
  .meta(atomicMap);

export const localObjectReference = z
  .object({ name: z.string().describe("Name of the object.").default("") })
  .meta(atomicMap);

export const typedLocalObjectReference = z
  .object({
    apiGroup: text("API group of the object."),
    kind: z.string().describe("Kind of the object."),
    name: z.string().describe("Name of the object."),
  })
  .meta(atomicMap);

/** The operator is not enumerated; one that Kubernetes does not know makes the selector invalid. */
export const labelSelector = z
  .object({
    matchLabels: z.record(z.string(), z.string()).describe("Labels and their exact values.").optional(),
    matchExpressions: z
      .array(
        z.object({
          key: z.string().describe("Label key."),
          operator: z.string().describe("In, NotIn, Exists or DoesNotExist."),
          values: z.array(z.string()).meta(atomicList).describe("Values for In and NotIn.").optional(),
        }),
      )
      .meta(atomicList)
      .describe("Conditions on labels, all of which must hold.")
      .optional(),
  })
  .meta(atomicMap);

export type ObjectReference = z.input<typeof objectReference>;
export type LocalObjectReference = z.input<typeof localObjectReference>;
export type TypedLocalObjectReference = z.input<typeof typedLocalObjectReference>;
export type LabelSelector = z.input<typeof labelSelector>;
