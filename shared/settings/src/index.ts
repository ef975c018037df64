export { rancherSettings } from "./rancher.ts";
export { ownSettings, type ServerSettings, type Settings, watchSettings } from "./settings.ts";
