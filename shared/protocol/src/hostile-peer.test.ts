import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAuthorization } from "./authorization.ts";
import { decodeConfig, decodeElemental } from "./config/index.ts";
import { ProtocolError } from "./errors.ts";
import { hardwareFacts } from "./hardware/facts.ts";
import { encodeJsonPayload, parseJson, parseJsonObject, parseStringMap } from "./json/index.ts";
import { decodeErrorPayload, decodeMessage, encodeMessage, MessageType } from "./message/index.ts";
import { runClientSession, ServerSession } from "./session/index.ts";
import { parseSmbios } from "./smbios.ts";

const bytes = fc.uint8Array({ maxLength: 200 });
const ofText = (text: fc.Arbitrary<string>) => text.map((value): Uint8Array => Buffer.from(value));

/** Pieces that mean something to parsers of YAML and JSON, put together at random. */
const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(..."{}[]:,#&*!|>-?%@`\"'\n\t ".split("")),
    fc.constantFrom("elemental", "cloud-config", "config", "raw", "object", "message", "install", "\n  ", "\n    - "),
    fc.constantFrom(
      "&a ",
      "*a",
      "<<: *a",
      "!!binary ",
      "!!set",
      "!!map",
      "null",
      "~",
      ".inf",
      "0x1F",
      "1e999",
      "---\n",
      "...\n",
    ),
    fc.string({ maxLength: 4 }),
  ),
  { maxLength: 40 },
);

const json = fc.json({ maxDepth: 8 });
const deep = fc
  .tuple(fc.constantFrom("[", '{"a":', "- ", "a: &a [*a, ", "? "), fc.nat(1_000))
  .map(([part, count]) => part.repeat(count));
const document = fc.oneof(
  ofText(pieces.map((parts) => parts.join(""))),
  ofText(json),
  ofText(json.map((value) => `elemental: ${value}\ncloud-config: ${value}\n`)),
  ofText(json.map((value) => `cloud-config: {a: {raw: ${JSON.stringify([...Buffer.from(value)])}, object: null}}`)),
  ofText(deep),
  bytes,
);

function isolated(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
    expect((error as Error).message.length).toBeLessThan(500);
  }
}

describe("no input gives anything but a result or a ProtocolError", () => {
  test.each<[string, (input: Uint8Array) => unknown]>([
    ["configuration document", decodeConfig],
    ["registration document", decodeElemental],
    ["error payload", decodeErrorPayload],
    ["JSON value", parseJson],
    ["JSON object", parseJsonObject],
    ["map of strings", parseStringMap],
    ["message", decodeMessage],
    ["authorization", (input) => parseAuthorization(Buffer.from(input).toString("latin1"))],
    ["dmidecode text", (input) => parseSmbios(Buffer.from(input).toString())],
    ["hardware facts", (input) => hardwareFacts(parseJsonObject(input))],
  ])("%s", (_name, decode) => {
    fc.assert(
      fc.property(document, (input) => isolated(() => decode(input))),
      { numRuns: 300 },
    );
  });
});

const message = fc.oneof(
  fc
    .tuple(fc.integer({ min: 0, max: 13 }), document)
    .map(([type, payload]) => Uint8Array.from([type, ...payload.slice(0, 2_000)])),
  fc.constantFrom(...Object.values(MessageType)).map((type) => encodeMessage(type)),
  fc.constant(encodeMessage(MessageType.Version, Uint8Array.of(12))),
);

test("whatever a server answers, a client's conversation gives a configuration or an error", async () => {
  const report = { update: true, annotations: { a: "b" }, labels: { c: "d" }, smbios: {} };
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 10 }), async (answers) => {
      const lost = new Error("the connection is lost");
      let next = 0;
      const receive = async () => answers[next++] ?? Promise.reject(lost);
      const outcome = await runClientSession({ send: async () => {}, receive }, report).catch(
        (error: unknown) => error,
      );
      if (outcome instanceof Error && outcome !== lost) expect(outcome).toBeInstanceOf(ProtocolError);
    }),
    { numRuns: 300 },
  );
});

test("whatever a client sends, the server's session answers or closes, and after that is silent", () => {
  const options = { labelPrefix: undefined, known: false };
  const inventory = fc
    .oneof(
      json,
      pieces.map((parts) => parts.join("")),
    )
    .map((text) => Buffer.from(text));
  const types = fc.constantFrom(...Object.values(MessageType));
  const fromClient = fc.oneof(
    message,
    fc.tuple(types, inventory).map(([type, payload]) => encodeMessage(type, payload)),
  );
  fc.assert(
    fc.property(fc.array(fromClient, { maxLength: 12 }), (messages) => {
      const session = new ServerSession(options);
      session.start();
      let closed = false;
      for (const received of messages) {
        const actions = session.receive(received, true);
        if (closed) expect(actions).toEqual([]);
        closed ||= actions.some(({ kind }) => kind === "close");
        const reasons = actions.flatMap((action) => (action.kind === "close" ? [action.reason] : []));
        for (const reason of reasons) expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
      }
    }),
    { numRuns: 300 },
  );
});

test("what a client encodes, a server reads", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string({ unit: "binary" }), { maxKeys: 8 }), (labels) => {
      const wellFormed = Object.fromEntries(
        Object.entries(labels).map(([key, value]) => [key.toWellFormed(), value.toWellFormed()]),
      );
      expect({ ...parseStringMap(encodeJsonPayload(wellFormed)) }).toEqual(wellFormed);
    }),
  );
});
