import type { ConditionInput, Pod, SeedImage, Service } from "@elemental/api";
import type { Operation } from "@elemental/controller";

/** Creations whose failure has a condition of its own. */
export type CreateChild = { create: "Pod"; object: Pod } | { create: "Service"; object: Service };

export type SeedImageOperation = Operation<CreateChild>;
export type SeedImageStatus = NonNullable<SeedImage["status"]>;

/** Where the image can be downloaded. */
export interface Download {
  downloadToken: string;
  downloadURL: string;
  checksumURL: string;
}

/** What to do about a SeedImage, before it becomes a status. What is absent stays as it is. */
export interface Decision {
  operations?: SeedImageOperation[];
  seedImageReady?: ConditionInput;
  ready?: ConditionInput;
  /** `none`: neither URL nor token; `expired`: no URL, but the token still tells that there was one. */
  download?: Download | "none" | "expired";
  error?: Error;
  requeueAfterMs?: number;
}
