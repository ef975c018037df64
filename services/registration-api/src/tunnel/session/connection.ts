import { Duplex } from "node:stream";
import { messageType } from "../wire/message.ts";
import { TunnelProtocolError } from "../wire/varint.ts";

/** The other end is asked to pause when more is unread, and to go on below the second bound (rancher-tunnel 3, flow control). */
const PAUSE_BYTES = 2 * 1024 * 1024;
const RESUME_BYTES = 256 * 1024;

/** Who was asked to pause may still have this much under way; beyond it, it does not listen. */
const LIMIT_BYTES = 16 * 1024 * 1024;

/** Longer writes go out in parts, so that pings and other connections get their turn between them. */
const PART_BYTES = 32 * 1024;

const END = "EOF";

/** What a connection needs of its session. */
export interface Link {
  /** `sent` is called when the message has left, or with the reason why it never will. */
  send(type: number, body: Buffer, sent?: (error?: Error | null) => void): void;
  closed(): void;
}

/** One connection inside the tunnel, as a stream that an HTTP server can serve. */
export class TunnelConnection extends Duplex {
  /** It comes out of this very process; for whom it speaks is in X-Forwarded-For (hardening T6). */
  readonly remoteAddress = "127.0.0.1";
  /** What the other end sent so far, as the sockets of Node count it. */
  bytesRead = 0;
  readonly #link: Link;
  #peerAskedToPause = false;
  #resumed: (() => void) | undefined;
  #askedToPause = false;
  #over = false;

  constructor(link: Link) {
    super({ readableHighWaterMark: RESUME_BYTES, writableHighWaterMark: PART_BYTES, allowHalfOpen: true });
    this.#link = link;
  }

  /** What the other end sent. */
  receive(data: Buffer): void {
    this.bytesRead += data.length;
    this.push(data);
    if (this.readableLength > LIMIT_BYTES) this.destroy(new TunnelProtocolError("the other end does not pause"));
    else if (this.readableLength > PAUSE_BYTES) this.#ask(true);
  }

  /** The other end wants no data until `peerResumed`. */
  peerPaused(): void {
    this.#peerAskedToPause = true;
  }

  peerResumed(): void {
    this.#peerAskedToPause = false;
    const resumed = this.#resumed;
    this.#resumed = undefined;
    resumed?.();
  }

  /** The other end is done with the connection, or the session is: nothing is sent any more. */
  ended(): void {
    this.#over = true;
    this.destroy();
  }

  override _read(): void {
    this.#ask(false);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#peerAskedToPause) {
      this.#resumed = () => this._write(chunk, _encoding, done);
      return;
    }
    const rest = chunk.subarray(PART_BYTES);
    this.#link.send(messageType.data, chunk.subarray(0, PART_BYTES), (error) => {
      if (error || rest.length === 0) done(error);
      else this._write(rest, _encoding, done);
    });
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#end(END);
    done();
    this.destroy();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#end(error ? "connection reset" : END);
    this.#link.closed();
    done(error);
  }

  #end(text: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#link.send(messageType.error, Buffer.from(text));
  }

  #ask(pause: boolean): void {
    if (this.#askedToPause === pause || this.#over) return;
    this.#askedToPause = pause;
    this.#link.send(pause ? messageType.pause : messageType.resume, Buffer.alloc(0));
  }
}
