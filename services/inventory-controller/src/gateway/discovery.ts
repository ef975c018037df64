const verbs = ["get", "list", "patch", "update", "watch"];

/** `GET /version`: clients only look whether it parses. */
export const versionInfo = {
  major: "1",
  minor: "33",
  gitVersion: "v1.33.0+elemental-gateway",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "",
  compiler: "",
  platform: "",
};

export interface DiscoveryAnswer {
  contentType: string;
  body: object;
}

/** What the gateway says of the API it serves: Secrets of core/v1, nothing else. Undefined for other paths. */
export function discoveryAnswer(path: string, accept: string): DiscoveryAnswer | undefined {
  switch (path) {
    case "/version":
      return plain(versionInfo);
    case "/api":
      return (
        aggregated(accept, [coreGroup]) ??
        plain({ kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] })
      );
    case "/apis":
      return aggregated(accept, []) ?? plain({ kind: "APIGroupList", apiVersion: "v1", groups: [] });
    case "/api/v1":
      return plain({ kind: "APIResourceList", apiVersion: "v1", groupVersion: "v1", resources: [secretResource] });
    default:
      return undefined;
  }
}

const secretResource = { name: "secrets", singularName: "secret", namespaced: true, kind: "Secret", verbs };

const coreGroup = {
  metadata: { creationTimestamp: null },
  versions: [
    {
      version: "v1",
      resources: [
        {
          resource: "secrets",
          responseKind: { group: "", version: "v1", kind: "Secret" },
          scope: "Namespaced",
          singularResource: "secret",
          verbs,
        },
      ],
      freshness: "Current",
    },
  ],
};

function plain(body: object): DiscoveryAnswer {
  return { contentType: "application/json", body };
}

/** The aggregated form, in the newest version that the client accepts. */
function aggregated(accept: string, items: object[]): DiscoveryAnswer | undefined {
  const version = ["v2", "v2beta1"].find((candidate) =>
    accept.includes(`g=apidiscovery.k8s.io;v=${candidate};as=APIGroupDiscoveryList`),
  );
  if (version === undefined) return undefined;
  return {
    contentType: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
    body: { kind: "APIGroupDiscoveryList", apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items },
  };
}
