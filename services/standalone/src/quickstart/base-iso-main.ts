import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { UsageError } from "../options/usage-error.ts";
import { runUntilStopped } from "../run-until-stopped.ts";
import { makeBaseIso } from "./base-iso.ts";

// `npm run base-iso -- FILE`: the small bootable image that quickstart uses, for trying things by hand.
await runUntilStopped(async () => {
  const [file] = process.argv.slice(2);
  if (!file || file.startsWith("-")) throw new UsageError("Usage: npm run base-iso -- FILE");
  const target = resolve(file);
  await mkdir(dirname(target), { recursive: true });
  const work = await mkdtemp(join(dirname(target), ".base-iso-"));
  try {
    await rename(await makeBaseIso(work), target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  process.stdout.write(`${target}\n`);
});
