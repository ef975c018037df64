import { conditionTypes } from "../names/conditions.ts";
import { annotations, labels } from "../names/metadata.ts";

/** A column of `kubectl get`; one of priority 1 is shown by `-o wide` only. */
export interface PrinterColumn {
  name: string;
  type: "string" | "boolean" | "date";
  jsonPath: string;
  priority?: 1;
}

const text = (name: string, jsonPath: string): PrinterColumn => ({ name, type: "string", jsonPath });
const date = (name: string, jsonPath: string): PrinterColumn => ({ name, type: "date", jsonPath });
const wide = (column: PrinterColumn): PrinterColumn => ({ ...column, priority: 1 });
const condition = (name: string, type: string, field = "status") =>
  text(name, `.status.conditions[?(@.type=="${type}")].${field}`);
const keyed = (field: "labels" | "annotations", key: string) => `.metadata.${field}.${key.replaceAll(".", "\\.")}`;

const ready = condition("Ready", conditionTypes.ready);
const reason = condition("Reason", conditionTypes.ready, "reason");
const message = wide(condition("Message", conditionTypes.ready, "message"));
const age = date("Age", ".metadata.creationTimestamp");

/** Columns by kind, chosen to answer the first question one has about an object of the kind. */
export const printerColumns: Record<string, PrinterColumn[]> = {
  MachineRegistration: [
    ready,
    reason,
    text("URL", ".status.registrationURL"),
    wide(text("Approval", ".spec.approval")),
    wide(text("Expires", ".spec.tokenPolicy.expiresAt")),
    message,
    age,
  ],
  MachineInventory: [
    ready,
    condition("Approved", conditionTypes.approved),
    text("Plan", ".status.plan.state"),
    condition("Adoption", conditionTypes.adoptionReady, "reason"),
    text("Adopted By", '.metadata.ownerReferences[?(@.kind=="MachineInventorySelector")].name'),
    text("Address", keyed("labels", labels.internalIP)),
    wide(text("Registration", ".spec.registrationRef.name")),
    wide(text("Product", ".spec.hardware.system.product")),
    wide(text("Serial", ".spec.hardware.system.serialNumber")),
    wide(reason),
    message,
    age,
  ],
  MachineInventorySelector: [
    ready,
    reason,
    text("Inventory", ".status.machineInventoryRef.name"),
    text("Cluster", keyed("labels", labels.clusterName)),
    wide(text("Provider ID", ".spec.providerID")),
    message,
    age,
  ],
  MachineInventorySelectorTemplate: [text("Selector", ".spec.template.spec.selector.matchLabels"), age],
  ManagedOSImage: [
    condition("Bundle", conditionTypes.fleetBundleCreation),
    ready,
    text("Version", ".spec.managedOSVersionName"),
    text("Image", ".spec.osImage"),
    wide(condition("Bundle Message", conditionTypes.fleetBundleCreation, "message")),
    message,
    age,
  ],
  ManagedOSVersion: [
    text("Version", ".spec.version"),
    text("Type", ".spec.type"),
    text("Channel", keyed("labels", labels.channel)),
    text("Left Channel", keyed("annotations", annotations.channelNoLongerInSync)),
    wide(text("Image", ".spec.metadata.upgradeImage")),
    wide(text("URI", ".spec.metadata.uri")),
    age,
  ],
  ManagedOSVersionChannel: [
    text("Type", ".spec.type"),
    { name: "Enabled", type: "boolean", jsonPath: ".spec.enabled" },
    ready,
    reason,
    date("Last Sync", ".status.lastSyncedTime"),
    wide(text("Interval", ".spec.syncInterval")),
    message,
    age,
  ],
  SeedImage: [
    condition("Ready", conditionTypes.seedImageReady),
    condition("Reason", conditionTypes.seedImageReady, "reason"),
    text("URL", ".status.downloadURL"),
    wide(text("Checksum URL", ".status.checksumURL")),
    wide(condition("Message", conditionTypes.seedImageReady, "message")),
    age,
  ],
  Metadata: [text("Version", ".spec.appVersion"), age],
};
