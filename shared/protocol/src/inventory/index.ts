export { collectAnnotations, collectLabels, emptyReport, type MachineReport, type Skipped } from "./collect.ts";
export { draftInventory, type InventoryDraft, namesDiffer, newInventory } from "./draft.ts";
export { awaitsAddresses } from "./network.ts";
