import { expect, test } from "vitest";
import { duplicateFields } from "./duplicate-fields.ts";

test.each([
  ['{"a":1,"b":2}', []],
  ['{"a":1,"a":2}', ["a"]],
  ['{"a":{"b":1},"c":{"b":1}}', []],
  ['{"a":{"b":1,"b":2}}', ["a.b"]],
  ['{"a":[{"b":1},{"b":1,"c":2,"b":3}]}', ["a[1].b"]],
  ['{"a":[[1,2],[{"b":1,"b":2}]]}', ["a[1][0].b"]],
  ['{"a":"\\"a\\":1,","b":"{}[],:"}', []],
  ['{"a b":1,"a\\u0020b":2}', ["a b"]],
  ['{"a":{"x":1},"a":{"x":1,"x":2}}', ["a", "a.x"]],
])("%s", (text, paths) => {
  expect(duplicateFields(text)).toEqual(paths);
});
