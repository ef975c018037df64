import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Answer, contentRange, contentType, type FileFacts } from "./answer.ts";
import type { ByteRange } from "./ranges.ts";

/** Opens a part of a file. */
export type OpenRange = (range: ByteRange) => Readable;

/** Sends an answer about a file; the content is left out for HEAD. Rejects when the receiver goes away. */
export async function send(response: ServerResponse, answer: Answer, file: FileFacts, open: OpenRange): Promise<void> {
  if (answer.parts.length > 1) return sendMultipart(response, answer, file, open);
  response.writeHead(answer.status, answer.headers);
  const [part] = answer.parts;
  if (!part || response.req.method === "HEAD") response.end();
  else await pipeline(open(part), response);
}

/** Several ranges in one answer (RFC 9110, 14.6). */
async function sendMultipart(
  response: ServerResponse,
  answer: Answer,
  file: FileFacts,
  open: OpenRange,
): Promise<void> {
  const boundary = randomUUID();
  const { "content-type": _, ...headers } = answer.headers;
  response.writeHead(answer.status, { ...headers, "content-type": `multipart/byteranges; boundary=${boundary}` });
  const body = async function* () {
    for (const part of answer.parts) {
      const head = [
        `\r\n--${boundary}`,
        `content-type: ${contentType(file.name)}`,
        `content-range: ${contentRange(part, file.size)}`,
      ];
      yield Buffer.from(`${head.join("\r\n")}\r\n\r\n`);
      yield* open(part);
    }
    yield Buffer.from(`\r\n--${boundary}--\r\n`);
  };
  await pipeline(body, response);
}
