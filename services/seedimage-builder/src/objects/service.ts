import { labels, type SeedImage, type Service } from "@elemental/api";
import { childMetadata } from "./metadata.ts";

/** Name of the port that the builder's Pod serves on. */
export const portName = "http";

/** The Service in front of the Pod; port 80, whatever the Pod listens on. */
export function service(image: SeedImage): Service {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: childMetadata(image),
    spec: {
      type: "ClusterIP",
      selector: { [labels.appName]: image.metadata.name },
      ports: [{ name: portName, protocol: "TCP", port: 80, targetPort: portName }],
    },
  };
}

/** Whether the Service leads to the Pod's port. The reference's goes to port 80 of the Pod, where ours cannot listen. */
export function leadsToPod({ spec }: Service): boolean {
  return spec?.ports?.some(({ port, targetPort }) => port === 80 && targetPort === portName) ?? false;
}
