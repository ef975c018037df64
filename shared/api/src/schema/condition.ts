import { z } from "zod";
import { counter, matching, time } from "./fields.ts";

const qualifiedName =
  "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$";
const identifier = "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$";

export const conditionSchema = z
  .object({
    type: matching(qualifiedName).max(316).describe("What the condition is about."),
    status: z.enum(["True", "False", "Unknown"]).describe("Whether it holds."),
    reason: matching(identifier).min(1).max(1024).describe("Why, for programs."),
    message: z.string().max(32768).describe("Why, for people. May be empty."),
    lastTransitionTime: time("When status last changed."),
    observedGeneration: counter().min(0).describe("Generation of the object that was looked at.").optional(),
  })
  .describe("One aspect of the object's state.");

/** The list of conditions in a status; `Ready` is its summary and comes last. */
export const conditions = () =>
  z.array(conditionSchema).describe("What is known about the object. Ready sums it up.").optional();
