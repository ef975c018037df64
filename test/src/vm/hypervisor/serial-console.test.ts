import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { serialConsole } from "./serial-console.ts";

function scene() {
  const stream = new PassThrough();
  const shown: string[] = [];
  return { stream, shown, console: serialConsole(stream, (line) => shown.push(line)) };
}

test("what it said and what it will say is found, without terminal control sequences and empty lines", async () => {
  const { stream, shown, console } = scene();
  const later = console.says(/plan (\w+) applied/);
  stream.write("\u001b[H\u001b[JWelcome\r\n\r\n[ ok ] registered\nplan 44136f app");
  await console.says(/registered/);
  expect(shown).toEqual(["Welcome", "[ ok ] registered"]);
  stream.write("lied\n");
  expect((await later)[1]).toBe("44136f");
  expect((await console.says(/^Welcome$/))[0]).toBe("Welcome");
});

test("a machine that ends or takes too long is an error with the end of its console", async () => {
  const { stream, console } = scene();
  stream.write("kernel panic\n");
  await console.says(/panic/);
  await expect(console.says(/registered/, 1)).rejects.toThrow(/took more than .*registered.*\nkernel panic$/s);
  const waiting = console.says(/registered/);
  stream.end();
  await expect(waiting).rejects.toThrow(/The machine ended before it said .*\nkernel panic$/s);
  await expect(console.says(/installed/)).rejects.toThrow("The machine ended");
});
