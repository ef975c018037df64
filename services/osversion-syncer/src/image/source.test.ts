import { expect, test } from "vitest";
import { splitImage } from "./source.ts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

test.each([
  { reference: "a:30000/b:t", image: "a:30000/b", version: "t" },
  { reference: "a:30000/b", image: "a:30000/b", version: "latest" },
  { reference: "r/a/b:1.2+x", image: "r/a/b", version: "1.2+x" },
  { reference: "os:1", image: "os", version: "1" },
  { reference: "os", image: "os", version: "latest" },
  { reference: `r/i@${digest}`, image: `r/i@${digest}`, version: "0123456789ab" },
  { reference: `r:5000/i:1@${digest}`, image: `r:5000/i:1@${digest}`, version: "0123456789ab" },
])("C-111 $reference is version $version of $image", ({ reference, image, version }) => {
  expect(splitImage(reference)).toEqual({ image, version });
});
