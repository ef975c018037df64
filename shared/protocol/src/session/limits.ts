import { ProtocolError } from "../errors.ts";
import { MessageType, messageName } from "../message/index.ts";

/** Bounds of one conversation (registration-protocol H6, H15). Sizes in bytes. */
export const limits = {
  messageBytes: 4 * 1024 * 1024,
  messages: 64,
  conversationBytes: 16 * 1024 * 1024,
  /** How often one type of message is taken. */
  repetitions: 4,
} as const;

/** Counts what a client sends. */
export interface Meter {
  /** Throws `Unexpected` once the conversation is too long or too large. */
  countMessage(bytes: number): void;
  /** Throws `Unexpected` when the type comes too often, or Version not first. */
  countType(type: MessageType): void;
}

export function meter(): Meter {
  const byType = new Map<MessageType, number>();
  let messages = 0;
  let total = 0;
  return {
    countMessage(bytes) {
      messages++;
      total += bytes;
      if (bytes > limits.messageBytes) throw new ProtocolError("Unexpected", "message too large");
      if (messages > limits.messages) throw new ProtocolError("Unexpected", "too many messages");
      if (total > limits.conversationBytes) throw new ProtocolError("Unexpected", "conversation too large");
    },
    countType(type) {
      if (type === MessageType.Version && byType.size > 0)
        throw new ProtocolError("Unexpected", "Version must come first");
      const count = (byType.get(type) ?? 0) + 1;
      byType.set(type, count);
      if (count > limits.repetitions) throw new ProtocolError("Unexpected", `too many ${messageName(type)} messages`);
    },
  };
}
