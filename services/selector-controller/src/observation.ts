import type { MachineInventory, MachineInventorySelector } from "@elemental/api";
import type { BootstrapInputs } from "./bootstrap/inputs.ts";

/** Which inventory an unbound selector takes: one that is already its own, a free one, or none. */
export type Choice =
  | { kind: "reuse" | "claim"; inventory: MachineInventory }
  /** `contended`: another run is taking what would match, and may fail to. `unapproved`: names of what would match. */
  | { kind: "none"; contended: boolean; unapproved: string[] }
  | { kind: "invalid"; message: string };

/** What a run sees of a selector and its surroundings. */
export type Observation =
  /** It is being deleted or paused. */
  | { phase: "ignored" }
  | {
      phase: "unbound";
      selector: MachineInventorySelector;
      choice: Choice;
      /** Why the inventory that the selector was about to claim is not to be had. */
      rejection?: string;
    }
  | {
      phase: "bound";
      selector: MachineInventorySelector;
      /** Undefined when it does not exist. */
      inventory: MachineInventory | undefined;
      /** The inventory is free and still what the selector looks for: its claim did not get through, or was not sent. */
      claimable: boolean;
      /** Present when the bootstrap plan has to be written, or written again. */
      bootstrap: BootstrapInputs | undefined;
    };
