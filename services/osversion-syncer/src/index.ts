export { configShape, settingsOf } from "./config.ts";
export { type OsVersionSyncerOptions, startOsVersionSyncer } from "./start.ts";
