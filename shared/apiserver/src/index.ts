export * from "./pki/index.ts";
export * from "./pods/index.ts";
