import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { addProgram, createLab, quotedText } from "../testing/index.ts";
import { numberLists, stringLeaves } from "./flatten.ts";
import { formatDump } from "./format.ts";

describe("dumpdata", () => {
  test("CLI-72 labels: padded to 52 columns, quoted, sorted, text leaves only", async () => {
    using lab = createLab({ nics: [{ name: "br0", mac: "52:54:00:12:34:56", virtual: true }] });
    const { status, stdout, stderr } = await lab.run("dumpdata", "-f", "labels");
    expect(status).toBe(0);
    expect(stderr).toBe("");
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toContain('${CPU/TotalCores}                                   : "2"');
    expect(lines).toContain('${Network/NICs/br0/MacAddress}                      : "52:54:00:12:34:56"');
    expect(stdout).not.toContain("PCIAddress");
    expect(lines.map((line) => line.slice(0, 52))).toEqual(lines.map((line) => line.slice(0, 52)).sort());
  });

  test("CLI-72 json-compact is one line that holds PCIAddress", async () => {
    using lab = createLab();
    const { stdout } = await lab.run("dump", "-f", "json-compact");
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(JSON.parse(stdout).Network.NICs.eth0.PCIAddress).toBe("0000:00:03.0");
  });

  test("yaml and json tell the same, yaml ends with an empty line", async () => {
    using lab = createLab();
    const yaml = await lab.run("dumpdata", "-f", "yaml");
    const json = await lab.run("dumpdata", "-f", "json");
    expect(yaml.stdout.endsWith("\n\n")).toBe(true);
    expect(parse(yaml.stdout)).toEqual(JSON.parse(json.stdout));
    expect(json.stdout.startsWith('{\n  "BIOS": {\n    "Date"')).toBe(true);
  });

  test("legacy, raw and smbios", async () => {
    using lab = createLab();
    const json = async (...args: string[]) => JSON.parse((await lab.run("dumpdata", ...args, "-f", "json")).stdout);
    expect(Object.keys(await json("legacy"))).toEqual(["System Data"]);
    expect(await json("smbios")).toMatchObject({ "System Information": { "Serial Number": "SN-0001" } });
    const raw = await json("--raw");
    expect(raw.Block.Disks["0"]).toMatchObject({ Name: "vda", SizeBytes: "21474836480" });
    expect(raw.CPU.Processors["0"].Capabilities).toBe("fpu, vme");
    expect(raw.Product.SerialNumber).toBe("SN-0001");
  });

  test("CLI-69 of two blocks of a type the second counts, an empty key becomes a list", async () => {
    using lab = createLab();
    const block = (family: string) =>
      `Handle 0x4, DMI type 4\nProcessor Information\n\tFamily: ${family}\n\tFlags:\n\t\tFPU (x)\n`;
    addProgram(lab.root, "dmidecode", `[ "$2" = 4 ] || exit 0\n${quotedText(`${block("A")}\n${block("B")}`)}`);
    const { stdout } = await lab.run("dumpdata", "smbios", "-f", "json");
    expect(JSON.parse(stdout)).toEqual({ "Processor Information": { Family: "B", "Flags:": ["FPU (x)"] } });
  });

  test("smbios without dmidecode fails with the fatal record only", async () => {
    using lab = createLab();
    addProgram(lab.root, "dmidecode", "echo 'needs root' >&2; exit 1");
    const { status, stdout, stderr } = await lab.run("dumpdata", "smbios");
    expect(status).toBe(255);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^F.*FATAL: dmidecode -t 0 ended with status 1: needs root\n$/);
  });
});

test("formats escape what the original escapes", () => {
  const data = { b: "<a&b>", a: { n: null, l: ["x"], s: 'say "é"\t\u0001' } };
  expect(formatDump(data, "json-compact")).toBe(
    '{"a":{"l":["x"],"n":null,"s":"say \\"é\\"\\t\\u0001"},"b":"\\u003ca\\u0026b\\u003e"}\n',
  );
  expect(formatDump(data, "labels")).toBe(
    `${"${a/s}".padEnd(52)}: "say \\"é\\"\\t\\x01"\n${"${b}".padEnd(52)}: "<a&b>"\n`,
  );
});

test("lists become numbered maps or joined texts", () => {
  expect(numberLists({ a: [{ x: 1n }, { x: null }], b: [1, 2], c: [], d: true })).toEqual({
    a: { "0": { x: "1" }, "1": { x: "" } },
    b: "1, 2",
    c: "",
    d: "true",
  });
  expect(stringLeaves({ a: { b: "x" }, c: 1 })).toEqual([["a/b", "x"]]);
});
