import { expect, it } from "vitest";
import { UnconfirmedOwners } from "./unconfirmed-owners.ts";

it("remembers when an owner was seen first, until another one is seen or it is forgotten", () => {
  let now = new Date(0);
  const owners = new UnconfirmedOwners(() => now);
  expect(owners.seen("m", "a")).toEqual(new Date(0));
  now = new Date(1);
  expect(owners.seen("m", "a")).toEqual(new Date(0));
  expect(owners.seen("m", "b")).toEqual(new Date(1));
  owners.forget("m");
  now = new Date(2);
  expect(owners.seen("m", "b")).toEqual(new Date(2));
});
