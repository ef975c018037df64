import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { naturalOrder } from "./natural-order.ts";
import { compareBytesTo, parseQuantity } from "./quantity.ts";
import type { Requirement } from "./requirement.ts";
import { type SelectableDisk, selectDevice } from "./select.ts";

const GiB = 1024n ** 3n;

function disk(name: string, sizeBytes: bigint, more: Partial<SelectableDisk> = {}): SelectableDisk {
  return { name, sizeBytes, readOnly: false, hidden: false, ...more };
}

const requirement = (key: string, operator: string, ...values: string[]): Requirement => ({ key, operator, values });

const choose = (disks: SelectableDisk[], ...requirements: Requirement[]) =>
  selectDevice(disks, requirements, undefined).device;

describe("selection", () => {
  const two = [disk("sda", 80n * GiB), disk("sdb", 200n * GiB)];

  test("CLI-40 sizes", () => {
    expect(choose(two, requirement("Size", "Gt", "100Gi"))).toBe("/dev/sdb");
    expect(choose(two, requirement("Size", "Lt", "100Gi"))).toBe("/dev/sda");
  });

  test("CLI-41 sizes are compared exactly and strictly", () => {
    const exact = [disk("sda", 107_374_182_400n)];
    expect(choose(exact, requirement("Size", "Gt", "100Gi"))).toBeUndefined();
    expect(choose(exact, requirement("Size", "Lt", "100Gi"))).toBeUndefined();
    expect(choose(exact, requirement("Size", "Gt", "100G"))).toBe("/dev/sda");
  });

  test("CLI-42 names with and without /dev/", () => {
    const four = [...two, disk("sdc", GiB), disk("sdd", GiB)];
    expect(choose(four, requirement("Name", "In", "sdd"))).toBe("/dev/sdd");
    expect(choose(four, requirement("Name", "In", "/dev/sdd"))).toBe("/dev/sdd");
    expect(choose(two, requirement("Name", "NotIn", "sda"))).toBe("/dev/sdb");
  });

  test.each([
    ["CLI-43", requirement("Size", "In", "100Gi"), "cannot use In operator on numerical values Size"],
    ["CLI-43", requirement("Size", "NotIn", "100Gi"), "cannot use In operator on numerical values Size"],
    ["CLI-43", requirement("Name", "Gt", "1"), "cannot use Gt operator on string values Name"],
    ["CLI-43", requirement("Size", "Eq", "1"), "unknown operator: Eq"],
    ["CLI-43", requirement("Size", "Gt", "100GB"), "failed to parse quantity 100GB"],
    ["CLI-47", requirement("Size", "Gt"), "operator Gt on Size needs a value"],
    ["own members of objects", requirement("Size", "toString", "1"), "unknown operator: toString"],
  ])("%s %o is an error", (_id, wrong, message) => {
    expect(() => choose(two, wrong)).toThrow(message);
    expect(choose([], wrong)).toBeUndefined();
  });

  test("CLI-44 all requirements must hold", () => {
    expect(choose(two, requirement("Name", "In", "sda"), requirement("Size", "Gt", "100Gi"))).toBeUndefined();
    expect(choose(two, requirement("Name", "In", "sdb"), requirement("Size", "Gt", "100Gi"))).toBe("/dev/sdb");
  });

  test.each([
    ["sr0", {}],
    ["fd0", {}],
    ["loop3", {}],
    ["zram0", {}],
    ["dm-0", {}],
    ["md127", {}],
    ["vdz", { readOnly: true }],
    ["vdy", { hidden: true }],
    ["nbd0", { sizeBytes: 0n }],
  ])("%s is not chosen unless named", (name, more) => {
    const odd = disk(name, 10n * GiB, more);
    expect(choose([odd])).toBeUndefined();
    expect(choose([odd], requirement("Name", "NotIn", "vda"))).toBeUndefined();
    expect(choose([odd], requirement("Name", "In", name))).toBe(`/dev/${name}`);
  });

  test("every candidate has its verdict, the medium is told apart, ! stands for /", () => {
    const disks = [disk("sdb", GiB), disk("sda", GiB), disk("cciss!c0d0", GiB)];
    expect(selectDevice(disks, [], "sda")).toEqual({
      device: "/dev/sdb",
      verdicts: [
        { name: "sda", rejected: "is the live medium" },
        { name: "sdb", rejected: undefined },
        { name: "cciss!c0d0", rejected: undefined },
      ],
    });
    expect(choose(disks, requirement("Name", "In", "/dev/cciss/c0d0"))).toBe("/dev/cciss/c0d0");
  });

  test("names in natural order", () => {
    const names = ["sdaa", "nvme10n1", "sdz", "vda", "sda", "nvme2n1", "sdb"];
    expect(names.sort(naturalOrder)).toEqual(["sda", "sdb", "sdz", "vda", "nvme2n1", "nvme10n1", "sdaa"]);
  });
});

describe("quantities", () => {
  test.each([
    ["100", 100n, 1n],
    ["1.5Gi", 15n * GiB, 10n],
    [".5k", 5n * 1000n, 10n],
    ["5.", 5n, 1n],
    ["1e3", 1000n, 1n],
    ["1E3", 1000n, 1n],
    ["1E", 10n ** 18n, 1n],
    ["-1Ki", -1024n, 1n],
    ["100m", 100n, 1000n],
    ["2e-1", 2n, 10n],
    ["9007199254740993", 9007199254740993n, 1n],
  ])("%s", (text, numerator, denominator) => {
    expect(parseQuantity(text)).toEqual({ numerator, denominator });
  });

  test.each(["", "100GB", "100 Gi", "Gi", "1.2.3", "1ki", "--1", "e3", ".", "1e999999999", "0x10"])(
    "%j is none",
    (text) => {
      expect(parseQuantity(text)).toBeUndefined();
    },
  );

  test("whatever is read compares with whole bytes as the number itself does", () => {
    const suffix = fc.constantFrom("", "Ki", "Mi", "k", "M");
    fc.assert(
      fc.property(fc.nat(), suffix, (count, unit) => {
        const quantity = parseQuantity(`${count}${unit}`);
        const bytes = BigInt(count) * bytesPer(unit);
        expect(quantity && compareBytesTo(bytes, quantity)).toBe(0);
        expect(quantity && compareBytesTo(bytes + 1n, quantity)).toBe(1);
        expect(quantity && compareBytesTo(bytes - 1n, quantity)).toBe(-1);
      }),
    );
  });

  test("any text is read or refused", () => {
    fc.assert(fc.property(fc.string(), (text) => void parseQuantity(text)));
  });
});

function bytesPer(unit: string): bigint {
  return { Ki: 1024n, Mi: 1024n ** 2n, k: 1000n, M: 1000n ** 2n }[unit] ?? 1n;
}
