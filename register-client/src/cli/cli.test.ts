import { expect, test } from "vitest";
import { createLab } from "../testing/index.ts";

test("CLI-1 --version prints the version record, exits 0 and creates nothing", async () => {
  using lab = createLab();
  const { status, stdout, stderr } = await lab.run("--version");
  expect(status).toBe(0);
  expect(stdout).toBe("");
  expect(stderr).toMatch(
    /^I\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ [^:]+:\d+\] Register version 0\.1\.0-dev, commit , commit date \n$/,
  );
  expect(lab.has("oem")).toBe(false);
  expect((await lab.run("version")).status).toBe(0);
  expect((await lab.run("-v")).status).toBe(0);
});

test("CLI-2 without a configuration file at the default path the run fails", async () => {
  using lab = createLab();
  const { status, stderr } = await lab.run();
  expect(status).toBe(255);
  expect(stderr).toContain("/oem/registration/config.yaml");
  expect(stderr).not.toContain("Usage:");
});

test.each([
  ["no extension", "/x/conf", 'Unsupported Config Type ""'],
  ["an unknown one", "/x/conf.ini", 'Unsupported Config Type "ini"'],
  ["upper case", "/x/conf.YAML", 'Unsupported Config Type "YAML"'],
])("CLI-8 a configuration file with %s is not supported", async (_name, path, message) => {
  using lab = createLab();
  lab.write({ [path]: "elemental: {}" });
  const { status, stderr } = await lab.run("--config-path", path);
  expect(status).toBe(255);
  expect(stderr).toContain(message);
});

test.each([[["--install", "--reset"]], [["--install", "--reset-network"]], [["--reset", "--reset-network"]]])(
  "CLI-9 %j are mutually exclusive and nothing is written",
  async (args) => {
    using lab = createLab();
    const { status, stderr } = await lab.run(...args);
    expect(status).toBe(255);
    expect(stderr).toContain("mutually exclusive");
    expect(lab.has("oem") || lab.has("tmp/registration")).toBe(false);
  },
);

test("CLI-18 a word that is no command is unknown, with a hint instead of the usage", async () => {
  using lab = createLab();
  const { status, stderr } = await lab.run("foo");
  expect(status).toBe(255);
  expect(stderr).toMatch(/^Error: unknown command "foo" for "elemental-register"\nRun '.*--help'/);
  expect(stderr).toMatch(/F.*FATAL: unknown command "foo"/);
});

test.each([
  [["--nope"], "unknown flag: --nope"],
  [["-x"], "unknown shorthand flag: 'x' in -x"],
  [["--label"], "flag needs an argument: --label"],
  [["--debug=maybe"], 'invalid argument "maybe" for "-d, --debug" flag'],
  [["--emulated-tpm-seed", "9223372036854775808"], "is not a 64-bit integer"],
  [["version", "--debug"], "unknown flag: --debug"],
  [["dumpdata", "a", "b"], "accepts at most 1 arg(s), received 2"],
  [["dumpdata", "hardware"], 'invalid argument "hardware"'],
  [["dumpdata", "-f", "xml"], 'invalid --format "xml"'],
  [["--retry-for", "soon"], 'invalid --retry-for "soon"'],
  [["--log-format", "xml"], 'invalid --log-format "xml"'],
])("a wrong command line %j is explained with the usage", async (args, message) => {
  using lab = createLab();
  const { status, stderr, stdout } = await lab.run(...args);
  expect(status).toBe(255);
  expect(stdout).toBe("");
  expect(stderr).toContain(`Error: ${message.startsWith("is") ? "" : message}`);
  expect(stderr).toContain(message);
  expect(stderr).toContain("Usage:");
});

test("help and completion are printed on stdout", async () => {
  using lab = createLab();
  const help = await lab.run("--help");
  expect(help.status).toBe(0);
  for (const flag of ["--registration-url", "--registration-ca-cert", "--emulate-tpm", "--emulated-tpm-seed"]) {
    expect(help.stdout).toContain(flag);
  }
  expect((await lab.run("help", "dumpdata")).stdout).toContain("hostinfo|legacy|smbios");
  expect((await lab.run("completion", "bash")).stdout).toContain("--reset-network");
  expect((await lab.run("completion", "tcsh")).status).toBe(255);
});
