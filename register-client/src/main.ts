import { becomeProgram } from "./process.ts";
import { elementalRegister } from "./program.ts";

await becomeProgram(elementalRegister, process.argv.slice(2));
