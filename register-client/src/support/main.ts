import { becomeProgram } from "../process.ts";
import { elementalSupport } from "./support.ts";

await becomeProgram(elementalSupport, process.argv.slice(2));
