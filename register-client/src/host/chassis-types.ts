/** SMBIOS chassis types 1 to 36, as the original's host library spells them (register-client-and-media 3.3). */
const descriptions = [
  "Other",
  "Unknown",
  "Desktop",
  "Low profile desktop",
  "Pizza box",
  "Mini tower",
  "Tower",
  "Portable",
  "Laptop",
  "Notebook",
  "Hand held",
  "Docking station",
  "All in one",
  "Sub notebook",
  "Space-saving",
  "Lunch box",
  "Main server chassis",
  "Expansion chassis",
  "SubChassis",
  "Bus Expansion chassis",
  "Peripheral chassis",
  "RAID chassis",
  "Rack mount chassis",
  "Sealed-case PC",
  "Multi-system chassis",
  "Compact PCI",
  "Advanced TCA",
  "Blade",
  "Blade enclosure",
  "Tablet",
  "Convertible",
  "Detachable",
  "IoT gateway",
  "Embedded PC",
  "Mini PC",
  "Stick PC",
] as const;

/** The words for a chassis type number, `unknown` for any other text. */
export function chassisDescription(type: string): string {
  return /^[1-9]\d?$/.test(type) ? (descriptions[Number(type) - 1] ?? "unknown") : "unknown";
}
