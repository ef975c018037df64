export { type RefusalCode, type RefusalKind, refusals } from "./codes.ts";
export { isPassing, refusalCodeOf, refusalText } from "./text.ts";
