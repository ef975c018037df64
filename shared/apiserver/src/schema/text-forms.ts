import { DecodeError } from "./decode-error.ts";

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const microTimePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.(\d{6})(Z|[+-]\d\d:\d\d)$/;
const quantityPattern = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/;

/** A text of the given format as it is stored. Throws DecodeError when it does not have that format. */
export function decodeText(text: string, format: string): string {
  switch (format) {
    case "date-time":
      return decodeTime(text);
    case "micro-time":
      return decodeMicroTime(text);
    case "byte":
      return decodeBase64(text);
    case "quantity":
      if (quantityPattern.test(text)) return text;
      throw new DecodeError(`quantities must match the regular expression '${quantityPattern.source}'`);
    default:
      return text;
  }
}

function decodeTime(text: string): string {
  const time = timePattern.test(text) ? Date.parse(text) : Number.NaN;
  if (text === "") return text;
  if (Number.isNaN(time)) throw unparsable(text, "2006-01-02T15:04:05Z07:00");
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

function decodeMicroTime(text: string): string {
  const match = microTimePattern.exec(text);
  const time = match ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw unparsable(text, "2006-01-02T15:04:05.000000Z07:00");
  return `${new Date(time).toISOString().slice(0, 19)}.${match?.[1]}Z`;
}

function unparsable(text: string, layout: string): DecodeError {
  return new DecodeError(
    `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(text)}`,
  );
}

// Line breaks are allowed, as in the output of the base64 command.
function decodeBase64(text: string): string {
  const compact = text.replace(/[\r\n]/g, "");
  const bad = /[^A-Za-z0-9+/]/.exec(compact.replace(/={0,2}$/, ""));
  if (bad || compact.length % 4 !== 0)
    throw new DecodeError(`illegal base64 data at input byte ${bad?.index ?? compact.length}`);
  return compact;
}
