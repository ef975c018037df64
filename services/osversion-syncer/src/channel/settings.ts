/** What the channel controller is told by its operator. */
export interface ChannelSettings {
  /** Image of `download` and `display`. */
  operatorImage: string;
  imagePullPolicy?: "Always" | "IfNotPresent" | "Never";
  /** Proxy variables for the download, e.g. HTTPS_PROXY. */
  proxyEnv: Readonly<Record<string, string>>;
}
