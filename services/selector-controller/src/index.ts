export { type SelectorControllerOptions, start } from "./start.ts";
