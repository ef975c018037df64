import { z } from "zod";
import { customResource, text, textMap } from "../schema/fields.ts";
import { elementalKind } from "./descriptor.ts";

const spec = z.object({
  annotations: textMap("Annotations of the installed chart."),
  appVersion: text("Installed version."),
});

export const metadataSchema = customResource("Metadata", { spec, status: z.object({}) }).describe(
  "What is installed, for clients.",
);
export type Metadata = z.input<typeof metadataSchema>;

export const metadatas = elementalKind<Metadata>("Metadata", "metadata");
