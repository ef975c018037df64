import { expect, test } from "vitest";
import { labelRequirements, matchesRequirements, parseLabelSelector, SelectorError } from "./selectors.ts";

const labels = { app: "web", env: "prod", "elemental.cattle.io/Hostname": "n1", empty: "" };

test.each([
  ["", true],
  ["app=web", true],
  ["app==web", true],
  ["app = web , env=prod", true],
  ["app!=web", false],
  ["missing!=web", true],
  ["app in (db, web)", true],
  ["app in (db,cache),env=prod", false],
  ["app notin (db)", true],
  ["missing notin (db)", true],
  ["elemental.cattle.io/Hostname", true],
  ["!app", false],
  ["!missing", true],
  ["missing", false],
  ["empty=", true],
  ["toString", false],
])("the selector %j on the sample labels gives %j", (text, expected) => {
  expect(matchesRequirements(parseLabelSelector(text), labels)).toBe(expected);
});

test.each(["a b", "app in web", "=x", "a=b,,c=d", "app=we b"])("the selector %j is refused", (text) => {
  expect(() => parseLabelSelector(text)).toThrow(SelectorError);
});

test.each([
  [{}, true],
  [{ matchLabels: { app: "web" } }, true],
  [{ matchLabels: { app: "web" }, matchExpressions: [{ key: "env", operator: "NotIn", values: ["prod"] }] }, false],
  [{ matchExpressions: [{ key: "app", operator: "Exists" }] }, true],
  [{ matchExpressions: [{ key: "app", operator: "DoesNotExist" }] }, false],
])("the selector object %j gives %j", (selector, expected) => {
  expect(matchesRequirements(labelRequirements(selector), labels)).toBe(expected);
});

test.each([
  [{ key: "a", operator: "Foo", values: ["b"] }, '"Foo" is not a valid label selector operator (key a)'],
  [{ key: "a", operator: "In" }, "operator In of key a needs values"],
  [{ key: "a", operator: "Exists", values: ["b"] }, "operator Exists of key a takes no values"],
])("C-059 the expression %j is refused", (expression, message) => {
  expect(() => labelRequirements({ matchExpressions: [expression] })).toThrow(message);
});
