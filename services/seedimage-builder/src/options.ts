/** What the controller is told about the builder. */
export interface BuilderOptions {
  /** Image of the iso-builder: builds and serves. */
  image: string;
  imagePullPolicy: "Always" | "IfNotPresent" | "Never";
  /** Directory of the node where base ISOs are kept for all builds; absent: each build fetches its own. */
  baseCacheDirectory?: string | undefined;
  /** Whether `spec.baseImage` may be a file of the node; only where users may read its files anyway. */
  allowLocalBase: boolean;
}
