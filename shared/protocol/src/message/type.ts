/** First byte of every binary message after the authentication (registration-protocol 4.2). */
export const MessageType = {
  Undefined: 0,
  Ready: 1,
  Smbios: 2,
  Labels: 3,
  Get: 4,
  Version: 5,
  SystemData: 6,
  Config: 7,
  Error: 8,
  Annotations: 9,
  Update: 10,
  SystemDataV2: 11,
  NetworkConfig: 12,
} as const;

export type MessageType = (typeof MessageType)[keyof typeof MessageType];

const names = Object.fromEntries(Object.entries(MessageType).map(([name, type]) => [type, name]));

/** The name of `type` as the specification writes it, or its number. */
export function messageName(type: number): string {
  return names[type] ?? `type ${type}`;
}

export function isMessageType(type: number): type is MessageType {
  return type in names;
}
