// Adds up the test reports of all suites. A step that failed without a failed test (types, lint, a crash) counts as one.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = ".cache/reports";
const failedSteps = Number(process.argv[2] ?? 0);
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
const reports = files.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
const sum = (key) => reports.reduce((total, report) => total + report[key], 0);

const passed = sum("numPassedTests");
const failed = Math.max(sum("numFailedTests"), failedSteps, passed === 0 ? 1 : 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
