export type { BuilderOptions } from "./options.ts";
export { type SeedImageBuilderOptions, startSeedImageBuilder } from "./start.ts";
