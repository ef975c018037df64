import { expect, test } from "vitest";
import { createLog } from "./log.ts";
import { redact, redactUrl } from "./redact.ts";

test("secrets of a configuration are hidden wherever they stand", () => {
  const tree = {
    token: "t",
    users: [{ passwd: "p", name: "n" }],
    "emulated-tpm-seed": 5n,
    key: "a\n-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\nb",
    nested: { password: "q" },
    wifi: "[wifi-security]\npsk=geheim\nkey-mgmt=wpa-psk",
    password: null,
  };
  expect(redact(tree)).toEqual({
    token: "*****",
    users: [{ passwd: "*****", name: "n" }],
    "emulated-tpm-seed": "*****",
    key: "a\n*****\nb",
    nested: { password: "*****" },
    wifi: "[wifi-security]\npsk=*****\nkey-mgmt=wpa-psk",
    password: null,
  });
  expect(redactUrl("https://h/elemental/registration/abc?x=1")).toBe("https://h/elemental/registration/***?x=1");
});

test("records of the text and the JSON format", () => {
  const lines: string[] = [];
  const options = { write: (text: string) => lines.push(text), now: () => new Date(2026, 0, 31, 9, 8, 7, 6), pid: 42 };
  const text = createLog({ ...options, format: "text", debug: false });
  text.conceal("s3cret");
  text.conceal("");
  text.record("warning", "token s3cret");
  text.record("warning", "two\nlines\u001b[2J");
  text.record("debug", "not shown");
  text.step("wait", "later", { attempt: 1 });
  createLog({ ...options, format: "json", debug: true }).step("ok", "done", { device: "/dev/vda" });
  expect(lines).toEqual([
    "W0131 09:08:07.006000      42 register:1] token ***\n",
    "W0131 09:08:07.006000      42 register:2] two lines [2J\n",
    "W0131 09:08:07.006000      42 register:3] [wait] later\n",
    `{"time":"${options.now().toISOString()}","level":"info","message":"done","device":"/dev/vda","step":"ok"}\n`,
  ]);
});
