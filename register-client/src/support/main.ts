#!/usr/bin/env node
import { localHost } from "../host/host.ts";
import { elementalSupport } from "./support.ts";

const host = localHost(process.env, process.env["ELEMENTAL_REGISTER_ROOT"]);
process.exitCode = await elementalSupport(process.argv.slice(2), host, {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
});
