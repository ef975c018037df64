export { readIsoVolume } from "./base/iso9660.ts";
export { type BaseReference, baseReference } from "./base/reference.ts";
