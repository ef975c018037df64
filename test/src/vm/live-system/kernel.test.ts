import { expect, test } from "vitest";
import { parseDependencies, withDependencies } from "./kernel.ts";

const dependencies = parseDependencies(`kernel/fs/ext4/ext4.ko: kernel/fs/jbd2/jbd2.ko kernel/lib/crc16.ko
kernel/fs/jbd2/jbd2.ko: kernel/lib/crc.ko
kernel/lib/crc16.ko:
kernel/lib/crc.ko:
kernel/fs/nls/nls_iso8859-1.ko.xz:
`);

test.each([
  [["ext4"], ["kernel/fs/ext4/ext4.ko", "kernel/fs/jbd2/jbd2.ko", "kernel/lib/crc.ko", "kernel/lib/crc16.ko"]],
  [["nls_iso8859-1", "built_in"], ["kernel/fs/nls/nls_iso8859-1.ko.xz"]],
  [[], []],
])("modules %j come with all that they need", (names, files) => {
  expect([...withDependencies(dependencies, names)].sort()).toEqual(files);
});
