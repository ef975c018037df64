export { type BootableIso, makeBootableIso } from "./bootable-iso.ts";
export { type GrubImage, makeGrubImage } from "./grub.ts";
export { runTool } from "./run-tool.ts";
