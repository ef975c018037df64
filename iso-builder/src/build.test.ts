import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { readIsoVolume } from "./base/iso9660.ts";
import { bootEquipment, extract, makeBaseIso, makeOverlay, temporaryDirectory } from "./testing/base-iso.ts";
import { runProgram, servingAt } from "./testing/program.ts";
import { serving } from "./testing/web-server.ts";

const outputName = "fire-nodes-20260131T102030Z.iso";
const registration = "elemental:\n  registration:\n    url: https://example.org\n";

async function workplace(cloudConfig = "#cloud-config\nusers: []\n") {
  const directory = await temporaryDirectory();
  const work = join(directory.path, "iso");
  const overlay = join(directory.path, "overlay");
  const base = join(directory.path, "base.iso");
  await mkdir(work);
  await makeOverlay(overlay, registration, cloudConfig);
  await makeBaseIso(base);
  const build = (baseImage: string, env: Record<string, string> = {}, args: string[] = []) =>
    runProgram(["build", "--work", work, "--overlay", overlay, ...args], {
      ELEMENTAL_BASE_IMAGE: baseImage,
      ELEMENTAL_OUTPUT_NAME: outputName,
      ...env,
    });
  return { ...directory, directory: directory.path, work, overlay, base, build, output: join(work, outputName) };
}

test("CLI-74 CLI-75 an ISO by URL gets both files and keeps its boot equipment; its checksum holds; the base is gone", async () => {
  await using place = await workplace();
  const content = await readFile(place.base);
  await using server = await serving((_, response) => response.end(content));
  const program = place.build(`${server.url}/base.iso`);
  expect(await program.exited, program.output()).toBe(0);

  expect(await readdir(place.work)).toEqual([outputName, `${outputName}.sha256`]);
  await promisify(execFile)("sha256sum", ["-c", `${outputName}.sha256`], { cwd: place.work });
  expect((await readIsoVolume(place.output, "output")).volumeId).toBe("COS_LIVE");

  const [before, after] = [await bootEquipment(place.base), await bootEquipment(place.output)];
  for (const fact of [/El Torito boot img : +1 +UEFI +y +none/, /GPT partition name/, /GPT type GUID/]) {
    expect(before).toMatch(fact);
    expect(after).toMatch(fact);
  }
  const got = join(place.directory, "got");
  await extract(place.output, "/livecd-cloud-config.yaml", got);
  expect(await readFile(got, "utf8")).toBe(registration);
  await extract(place.output, "/iso-config/cloud-config.yaml", `${got}-2`);
  expect(await readFile(`${got}-2`, "utf8")).toBe("#cloud-config\nusers: []\n");
});

test("CLI-76 a base URL that answers 404 fails the build and leaves nothing", async () => {
  await using place = await workplace();
  await using server = await serving((_, response) => response.writeHead(404).end("<html>not found</html>"));
  const program = place.build(`${server.url}/base.iso`);
  expect(await program.exited).toBe(1);
  expect(program.output()).toContain("the server answered 404: check spec.baseImage");
  expect(await readdir(place.work)).toEqual([]);
});

test("CLI-76 a URL with shell characters is requested as it is", async () => {
  await using place = await workplace();
  const content = await readFile(place.base);
  const asked: string[] = [];
  await using server = await serving((request, response) => {
    asked.push(request.url ?? "");
    response.end(content);
  });
  const program = place.build(`${server.url}/base.iso?a=1&b=$(id);touch${place.directory}/x`);
  expect(await program.exited, program.output()).toBe(0);
  expect(asked).toEqual([`/base.iso?a=1&b=$(id);touch${place.directory}/x`]);
});

test.each(["httpd:latest", "http-registry:5000/os/iso:1"])(
  "CLI-76 %s is an image, whose ISO was put in place",
  async (image) => {
    await using place = await workplace();
    await writeFile(join(place.work, "base.iso"), await readFile(place.base));
    const program = place.build(image);
    expect(await program.exited, program.output()).toBe(0);
    expect(await readdir(place.work)).toEqual([outputName, `${outputName}.sha256`]);
  },
);

test("CLI-77 an empty cloud-config is an empty file on the ISO", async () => {
  await using place = await workplace("");
  const program = place.build(place.base, { ELEMENTAL_ALLOW_LOCAL_BASE: "true" });
  expect(await program.exited, program.output()).toBe(0);
  const got = join(place.directory, "got");
  await extract(place.output, "/iso-config/cloud-config.yaml", got);
  expect(await readFile(got, "utf8")).toBe("");
});

test("with a cache the base is stored once, and the image served is complete", async () => {
  await using place = await workplace();
  const cache = join(place.directory, "cache");
  const env = { ELEMENTAL_ALLOW_LOCAL_BASE: "true" };
  const program = place.build(place.base, env, ["--cache", cache]);
  expect(await program.exited, program.output()).toBe(0);
  const names = [`.${outputName}.literal`, `.${outputName}.recipe`, `${outputName}.sha256`];
  expect(await readdir(place.work)).toEqual(names);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(place.work, name))).size));
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan((await stat(place.base)).size);

  const serveEnv = { POD_IP: "127.0.0.1", ELEMENTAL_OUTPUT_NAME: outputName };
  const server = runProgram(["serve", "-d", place.work, "-p", "0", "--cache", cache], serveEnv);
  const url = await servingAt(server);
  const image = await fetch(`${url}/${outputName}`);
  await writeFile(place.output, Buffer.from(await image.arrayBuffer()));
  expect(await (await fetch(url)).text()).toContain(`href="${outputName}"`);
  const part = await fetch(`${url}/${outputName}`, { headers: { range: "bytes=32769-32773" } });
  expect(await part.text()).toBe("CD001");
  server.child.kill("SIGTERM");
  expect(await server.exited).toBe(0);
  await promisify(execFile)("sha256sum", ["-c", `${outputName}.sha256`], { cwd: place.work });
  const got = join(place.directory, "got");
  await extract(place.output, "/boot/loader/rootfs.squashfs", got);
  await extract(place.output, "/livecd-cloud-config.yaml", `${got}-2`);
  expect((await stat(got)).size).toBe(300_000);
  expect(await readFile(`${got}-2`, "utf8")).toBe(registration);
});

test("a file is a base only when allowed, and is left as it was", async () => {
  await using place = await workplace();
  const before = await readFile(place.base);
  const refused = place.build(place.base);
  expect(await refused.exited).toBe(1);
  expect(refused.output()).toContain("files of the builder are not allowed as base");
  const allowed = place.build(`file://${place.base}`, { ELEMENTAL_ALLOW_LOCAL_BASE: "true" });
  expect(await allowed.exited, allowed.output()).toBe(0);
  expect(before.equals(await readFile(place.base))).toBe(true);
});

test.each([
  ["no image", async (base: string) => writeFile(base, "<html>hello</html>"), "is not an ISO 9660 image"],
  [
    "a truncated image",
    async (base: string) => writeFile(base, (await readFile(base)).subarray(0, 100_000)),
    "is truncated",
  ],
])("a base that is %s is refused and leaves nothing", async (_, spoil, message) => {
  await using place = await workplace();
  await spoil(place.base);
  const program = place.build(place.base, { ELEMENTAL_ALLOW_LOCAL_BASE: "true" });
  expect(await program.exited).toBe(1);
  expect(program.output()).toContain(message);
  expect(await readdir(place.work)).toEqual([]);
});

test("a missing xorriso is named with its package", async () => {
  await using place = await workplace();
  const program = place.build(place.base, { ELEMENTAL_ALLOW_LOCAL_BASE: "true", PATH: place.work });
  expect(await program.exited).toBe(1);
  expect(program.output()).toContain("apt-get install xorriso");
});

test.each(["../escape.iso", "-rf", ".hidden", "a b.iso"])("the output name %s is refused", async (name) => {
  await using place = await workplace();
  const program = place.build(place.base, { ELEMENTAL_OUTPUT_NAME: name });
  expect(await program.exited).toBe(2);
  expect(program.output()).toContain("is not a plain file name");
});

test("an image reference that would be a flag is refused", async () => {
  await using place = await workplace();
  const program = place.build("--privileged");
  expect(await program.exited).toBe(2);
  expect(program.output()).toContain("mend spec.baseImage");
});

/** A stand-in for the elemental toolkit that records how it was called and does the visible part. */
async function stubToolkit(directory: string, effect: string): Promise<string> {
  const bin = join(directory, "bin");
  await mkdir(bin);
  const record = `printf '%s\\n' "$@" > '${directory}/argv'`;
  await writeFile(join(bin, "elemental"), `#!/bin/sh\n${record}\n${effect}\n`);
  await chmod(join(bin, "elemental"), 0o755);
  return `${bin}:${process.env["PATH"]}`;
}

test.each([
  ["without", undefined, []],
  ["with", "linux/arm64", ["--platform", "linux/arm64"]],
])("CLI-82 a raw disk %s platform calls build-disk exactly so", async (_, platform, platformArgs) => {
  await using place = await workplace();
  const path = await stubToolkit(place.directory, `echo disk > '${place.work}/elemental.raw'`);
  const program = runProgram(["build-disk", "--work", place.work, "--overlay", "/overlay"], {
    PATH: path,
    ELEMENTAL_BASE_IMAGE: "registry/os:1",
    ELEMENTAL_OUTPUT_NAME: "disk.raw",
    ...(platform && { ELEMENTAL_TARGET_PLATFORM: platform }),
  });
  expect(await program.exited, program.output()).toBe(0);
  expect((await readFile(join(place.directory, "argv"), "utf8")).trim().split("\n")).toEqual([
    ...["--debug", "build-disk", ...platformArgs, "--expandable"],
    ...["--deploy-command", "systemctl,start,elemental-register-reset.service", "--squash-no-compression"],
    ...["--cloud-init", "/overlay/reg/reset-config.yaml,/overlay/iso-config/cloud-config.yaml"],
    ...["-n", "elemental", "-o", place.work, "--system", "registry/os:1"],
  ]);
  expect(await readdir(place.work)).toEqual(["disk.raw", "disk.raw.sha256"]);
});

test("C-087 the base for a platform is pulled by the toolkit; there must be exactly one ISO", async () => {
  await using place = await workplace();
  const env = { ELEMENTAL_BASE_IMAGE: "registry/iso:1", ELEMENTAL_TARGET_PLATFORM: "linux/arm64" };
  const effect = `mkdir "$4/elemental-iso" && [ -n "$EMPTY" ] || cp '${place.base}' "$4/elemental-iso/a.iso"`;
  const path = await stubToolkit(place.directory, effect);
  const one = runProgram(["pull", "--work", place.work], { ...env, PATH: path });
  expect(await one.exited, one.output()).toBe(0);
  expect(await readdir(place.work)).toEqual(["base.iso"]);
  expect((await readFile(join(place.directory, "argv"), "utf8")).split("\n").slice(0, 3)).toEqual([
    "pull-image",
    "--platform=linux/arm64",
    "registry/iso:1",
  ]);
  const none = runProgram(["pull", "--work", place.work], { ...env, PATH: path, EMPTY: "yes" });
  expect(await none.exited).toBe(1);
  expect(none.output()).toContain("has 0 ISOs in /elemental-iso, it must have one");
});

test("a raw disk without the toolkit fails with its name", async () => {
  await using place = await workplace();
  const env = { ELEMENTAL_BASE_IMAGE: "registry/os:1", ELEMENTAL_OUTPUT_NAME: "disk.raw", PATH: place.work };
  const program = runProgram(["build-disk", "--work", place.work], env);
  expect(await program.exited).toBe(1);
  expect(program.output()).toContain("cannot run elemental");
});
