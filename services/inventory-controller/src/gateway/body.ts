import type { IncomingMessage } from "node:http";
import { badRequest, GatewayRefusal, tooLarge, unsupportedMediaType } from "./status.ts";

/** Largest body of a write; agent-gateway 1. */
export const maxBodyBytes = 1024 * 1024;

/** Reads a JSON body. Throws GatewayRefusal for other media types, too large bodies and what is not JSON. */
export async function readJsonBody(request: IncomingMessage, mediaTypes: readonly string[]): Promise<unknown> {
  const mediaType = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (!mediaTypes.includes(mediaType)) {
    throw new GatewayRefusal(unsupportedMediaType(`the body must be one of ${mediaTypes.join(", ")}`));
  }
  if (request.headers["content-encoding"] !== undefined) {
    throw new GatewayRefusal(unsupportedMediaType("compressed bodies are not accepted"));
  }
  const bytes = await readBody(request);
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new GatewayRefusal(badRequest("the body is not JSON"));
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) throw new GatewayRefusal(tooLarge(maxBodyBytes));
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > maxBodyBytes) throw new GatewayRefusal(tooLarge(maxBodyBytes));
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
