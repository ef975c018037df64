import { ownSettings, type ServerSettings, type Settings } from "@elemental/settings";

/** Settings that are complete only once the door listens: with port 0 its URL is not known before. */
export interface LateSettings extends Settings {
  complete(settings: ServerSettings): void;
}

export function lateSettings(): LateSettings {
  let settings = ownSettings({ serverUrl: undefined, caCert: undefined, strictTls: true });
  return {
    complete(own) {
      settings = ownSettings(own);
    },
    current: () => settings.current(),
    onChange: (listener) => settings.onChange(listener),
    stop: () => settings.stop(),
  };
}
