import { parseArgs } from "node:util";
import { architectures } from "./node-binary.ts";
import { writeExecutables } from "./write-executables.ts";

const { values } = parseArgs({
  options: {
    arch: { type: "string", default: process.arch },
    "out-dir": { type: "string", default: "register-client/dist" },
  },
});
const architecture = architectures.find((candidate) => candidate === values.arch);
if (!architecture) throw new Error(`--arch ${JSON.stringify(values.arch)}: want ${architectures.join(" or ")}`);
const { path, size } = await writeExecutables(values["out-dir"], architecture);
console.log(`${path}  ${(size / 1e6).toFixed(1)} MB`);
