export { openSwtpm } from "../device/swtpm.ts";
export * from "./certificates.ts";
export { extendPcr } from "./pcr.ts";
export { type QuoteChanges, quotingMachine, softwareQuote } from "./quoting-machine.ts";
export { type AkChanges, softwareAk, softwareDocument } from "./software-ak.ts";
export { type SoftwareMachine, softwareMachine } from "./software-machine.ts";
export {
  hasSwtpm,
  manufactureSwtpm,
  type Swtpm,
  type SwtpmAuthority,
  type SwtpmOptions,
  startSwtpm,
  swtpmInstallHint,
} from "./swtpm.ts";
