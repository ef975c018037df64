// Entry point of the single executable, which is both programs: it acts by the name it is called.
import { basename } from "node:path";
import { becomeProgram } from "./process.ts";
import { elementalRegister } from "./program.ts";
import { elementalSupport } from "./support/support.ts";

const [, calledAs = "", ...args] = process.argv;
void becomeProgram(basename(calledAs) === "elemental-support" ? elementalSupport : elementalRegister, args);
