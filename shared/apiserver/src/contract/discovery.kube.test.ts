import { beforeAll, describe, expect, test } from "vitest";
import { type Body, eventually, get, mergePatch } from "../testing/api.ts";
import { definitions, installWidgets, type WidgetKind } from "../testing/widgets.ts";

let kind: WidgetKind;

beforeAll(async () => {
  kind = await installWidgets();
});

const aggregated = { accept: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json" };
const crudVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

describe("discovery", () => {
  test("of the core group", async () => {
    expect((await get("/api")).body).toMatchObject({ kind: "APIVersions", versions: ["v1"] });
    const { body } = await get("/api/v1");
    expect(body).toMatchObject({ kind: "APIResourceList", groupVersion: "v1" });
    const secrets = body.resources.find(({ name }: Body) => name === "secrets");
    expect(secrets).toMatchObject({ singularName: "secret", namespaced: true, kind: "Secret", verbs: crudVerbs });
    const names = body.resources.map(({ name }: Body) => name);
    expect(names).toEqual(
      expect.arrayContaining(["namespaces/finalize", "namespaces/status", "pods/log", "pods/status"]),
    );
  });

  test("of a custom group", async () => {
    const { body: groups } = await get("/apis");
    const version = { groupVersion: kind.apiVersion, version: "v1" };
    expect(groups.groups).toContainEqual({ name: kind.group, versions: [version], preferredVersion: version });
    expect((await get(`/apis/${kind.group}`)).body).toEqual({
      kind: "APIGroup",
      apiVersion: "v1",
      name: kind.group,
      versions: [version],
      preferredVersion: version,
    });
    const { body } = await get(`/apis/${kind.apiVersion}`);
    expect(body.resources).toMatchObject([
      { name: "widgets", singularName: "widget", kind: "Widget", shortNames: ["wd"], categories: ["all"] },
      { name: "widgets/status", singularName: "", kind: "Widget", verbs: ["get", "patch", "update"] },
    ]);
  });

  test("in one request", async () => {
    const { headers, body } = await get("/apis", aggregated);
    expect(headers["content-type"]).toBe("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
    expect(body.items.find(({ metadata }: Body) => metadata.name === kind.group)).toMatchObject({
      versions: [
        {
          version: "v1",
          freshness: "Current",
          resources: [
            {
              resource: "widgets",
              responseKind: { group: kind.group, version: "v1", kind: "Widget" },
              scope: "Namespaced",
              singularResource: "widget",
              shortNames: ["wd"],
              subresources: [{ subresource: "status", verbs: ["get", "patch", "update"] }],
            },
          ],
        },
      ],
    });
    const core = await get("/api", aggregated);
    const { resources } = core.body.items[0].versions[0];
    expect(resources.find(({ resource }: Body) => resource === "namespaces")).toMatchObject({
      scope: "Cluster",
      shortNames: ["ns"],
    });
  });

  test("versions are listed with the preferred first", async () => {
    const { group, crd } = await installWidgets();
    const { body } = await get(`${definitions}/${crd}`);
    const [first] = body.spec.versions;
    const others = ["v1beta1", "v2"].map((name) => ({ ...first, name, storage: false }));
    await mergePatch(`${definitions}/${crd}`, { spec: { versions: [...others, first] } });
    const listed = await eventually("three versions are served", async () => {
      const { body: found } = await get(`/apis/${group}`);
      return found.versions?.length === 3 && found;
    });
    expect(listed.versions.map(({ version }: Body) => version)).toEqual(["v2", "v1", "v1beta1"]);
  });

  test("version and health", async () => {
    expect((await get("/version")).body).toMatchObject({
      major: "1",
      minor: "34",
      gitVersion: expect.stringMatching(/^v1\.34\./),
    });
    for (const path of ["/healthz", "/livez", "/readyz"]) expect((await get(path)).text).toBe("ok");
  });
});

describe("OpenAPI", () => {
  test("documents are listed with a hash and cached for ever by it", async () => {
    const { serverRelativeURL } = await eventually("the document is listed", async () => {
      const { body } = await get("/openapi/v3");
      return body.paths[`apis/${kind.apiVersion}`];
    });
    const { headers, body: document } = await get(serverRelativeURL);
    expect(headers["cache-control"]).toContain("immutable");
    expect(document.openapi).toMatch(/^3\./);
  });

  test("schemas carry their kind, patches their parameters", async () => {
    const { body } = await eventually("the document is there", async () => {
      const answer = await get(`/openapi/v3/apis/${kind.apiVersion}`);
      return answer.status === 200 && answer;
    });
    const gvk = { group: kind.group, version: "v1", kind: "Widget" };
    const schemas: Body[] = Object.values(body.components.schemas);
    const schema = schemas.find((item) =>
      item["x-kubernetes-group-version-kind"]?.some((found: Body) => found.kind === "Widget"),
    );
    expect(schema).toMatchObject({ type: "object", properties: { spec: { required: ["size"] } } });
    const { patch } = body.paths[`/apis/${kind.apiVersion}/namespaces/{namespace}/widgets/{name}`];
    expect(patch["x-kubernetes-group-version-kind"]).toEqual(gvk);
    expect(patch.parameters.map(({ name }: Body) => name)).toEqual(
      expect.arrayContaining(["fieldManager", "fieldValidation", "force"]),
    );
    expect(Object.keys(patch.requestBody.content)).not.toContain("application/strategic-merge-patch+json");
  });

  test("built-in lists say how they are merged", async () => {
    const { body } = await get("/openapi/v3/api/v1");
    const { ports } = body.components.schemas["io.k8s.api.core.v1.ServiceSpec"].properties;
    expect(ports).toMatchObject({ "x-kubernetes-list-type": "map", "x-kubernetes-patch-merge-key": "port" });
    const { patch } = body.paths["/api/v1/namespaces/{namespace}/configmaps/{name}"];
    expect(Object.keys(patch.requestBody.content)).toContain("application/strategic-merge-patch+json");
  });

  test("version 2 as JSON", async () => {
    const { body } = await get("/openapi/v2");
    expect([body.swagger, typeof body.definitions["io.k8s.api.core.v1.Pod"]]).toEqual(["2.0", "object"]);
  });
});
