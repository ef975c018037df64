/** A connection whose memory is bounded together with that of others. */
export interface Guarded {
  /** Bytes received so far. */
  readonly bytesRead: number;
  /** Ends the connection at once. */
  terminate(): void;
}

const CHECK_INTERVAL_MS = 200;

/**
 * Bounds what all conversations and unfinished requests together have received, half-received messages included: over
 * `maxBytes` the largest are ended. What a connection received is about what it holds.
 */
export class MemoryGuard {
  readonly #connections = new Set<Guarded>();
  readonly #maxBytes: number;
  readonly #onExcess: () => void;
  readonly #timer: NodeJS.Timeout;

  /** `onExcess` is called for each connection that is ended. */
  constructor(maxBytes: number, onExcess: () => void = () => {}) {
    this.#maxBytes = maxBytes;
    this.#onExcess = onExcess;
    this.#timer = setInterval(() => this.check(), CHECK_INTERVAL_MS).unref();
  }

  /** Guards `connection` until the result is called. */
  add(connection: Guarded): () => void {
    this.#connections.add(connection);
    return () => this.#connections.delete(connection);
  }

  check(): void {
    let total = 0;
    for (const { bytesRead } of this.#connections) total += bytesRead;
    if (total <= this.#maxBytes) return;
    for (const connection of [...this.#connections].sort((a, b) => b.bytesRead - a.bytesRead)) {
      if (total <= this.#maxBytes) return;
      total -= connection.bytesRead;
      this.#connections.delete(connection);
      connection.terminate();
      this.#onExcess();
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
