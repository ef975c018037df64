export { type Authorization, parseAuthorization, plainAuthorization, tpmAuthorization } from "./authorization.ts";
export * from "./config/index.ts";
export { ProtocolError, type ProtocolErrorCode } from "./errors.ts";
export * from "./inventory/index.ts";
export * from "./json/index.ts";
export * from "./message/index.ts";
export * from "./session/index.ts";
export { parseSmbios } from "./smbios.ts";
export { encodeYaml, type YamlMap, type YamlNode } from "./yaml/encode.ts";
