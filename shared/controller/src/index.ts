export { type Controller, type Operation, type Outcome, type Source, TerminalError } from "./contract.ts";
