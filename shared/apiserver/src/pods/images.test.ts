import { expect, test } from "vitest";
import { commandLine, imageCatalog, type LocalImage } from "./images.ts";

const image = (program: string): LocalImage => ({ entrypoint: [program] });
const catalog = imageCatalog([
  { pattern: "registry.example/iso-builder:*", image: image("first") },
  { pattern: "*/iso-builder*", image: image("second") },
  { pattern: "exact.name", image: image("third") },
]);

test.each([
  ["registry.example/iso-builder:1.2", "first"],
  ["registry.example/iso-builder@sha256:0123", "second"],
  ["other/path/iso-builder", "second"],
  ["exact.name", "third"],
  ["exactXname", undefined],
  ["exact.name:1", undefined],
  ["", undefined],
])("%s resolves to %s", (reference, program) => {
  expect(catalog.resolve(reference)?.entrypoint[0]).toBe(program);
});

const builder: LocalImage = { entrypoint: ["node", "main.ts"], programs: { build: ["node", "build.ts"] } };

test.each([
  ["nothing", [], [], ["node", "main.ts"]],
  ["args", [], ["-d", "/srv"], ["node", "main.ts", "-d", "/srv"]],
  ["a program of the image", ["build", "all"], ["x"], ["node", "build.ts", "all", "x"]],
  ["a program of the machine", ["/bin/sh", "-c"], ["x"], ["/bin/sh", "-c", "x"]],
])("the command line with %s", (_what, command, args, expected) => {
  expect(commandLine(builder, command, args)).toEqual(expected);
});
