import { randomBytes } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { get, mergePatch, newNamespace, post } from "../testing/api.ts";
import { hasKubectl, kubectlFor, type Outcome } from "../testing/kubectl.ts";
import { installWidgets, type WidgetKind } from "../testing/widgets.ts";

const isMissing = !hasKubectl();
if (isMissing) process.stderr.write("SKIPPED: kubectl is not on PATH, so that its commands are not tried\n");

const kubectl = kubectlFor(inject("kubeconfig"));
// kubectl finds kinds by their names among all groups, and other suites have widgets too.
const suffix = randomBytes(3).toString("hex").replace(/^\d/, "x");
let kind: WidgetKind;
let namespace: string;

beforeAll(async () => {
  kind = await installWidgets({ suffix });
});

beforeEach(async () => {
  namespace = await newNamespace();
});

/** Runs a command line; `widget`, `widgets` and `wd` in it stand for the names of this suite's kind. */
function run(line: string, input = ""): Promise<Outcome> {
  const named = line.replaceAll(/\b(widgets?|wd)\b/g, `$1${suffix}`);
  return kubectl.run(["-n", namespace, ...named.split(" ")], input);
}

async function succeed(line: string, input = ""): Promise<string> {
  const { code, stdout, stderr } = await run(line, input);
  if (code !== 0) throw new Error(`kubectl ${line}: ${stderr}`);
  return stdout;
}

/** A table without the spaces that align it. */
const cells = (text: string): string[][] =>
  text
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s{2,}|\s+$/));

const widget = (size: number, name = "w") => JSON.stringify(kind.widget(name, { size }));
const map = (value: string) =>
  JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "m" }, data: { k: value } });
const both = (size: number, value: string) => {
  const items = [JSON.parse(widget(size)), JSON.parse(map(value))];
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
};

describe.skipIf(isMissing)("kubectl", () => {
  test("apply creates, changes, and leaves alone", async () => {
    expect(await succeed("apply -f -", both(3, "a"))).toContain(
      `widget${suffix}.${kind.group}/w created\nconfigmap/m created`,
    );
    expect(await succeed("apply -f -", both(4, "a"))).toContain(
      `widget${suffix}.${kind.group}/w configured\nconfigmap/m unchanged`,
    );
    expect(await succeed("get widget w -o jsonpath={.spec.size}")).toBe("4");
  });

  test("apply removes what a manifest no longer names", async () => {
    await succeed("apply -f -", JSON.stringify({ ...JSON.parse(map("a")), data: { k: "a", l: "b" } }));
    await succeed("apply -f -", map("a"));
    expect(await succeed("get configmap m -o jsonpath={.data}")).toBe('{"k":"a"}');
  });

  test("apply refuses unknown fields and invalid values", async () => {
    const unknown = await run("apply -f -", map("a").replace('"data"', '"foo":1,"data"'));
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('unknown field "foo"')]);
    const invalid = await run("apply -f -", widget(99));
    expect([invalid.code, invalid.stderr]).toEqual([
      1,
      expect.stringContaining("spec.size in body should be less than or equal to 10"),
    ]);
  });

  test("apply --server-side, its conflict, and force", async () => {
    expect(await succeed("apply --server-side -f -", both(3, "a"))).toContain("configmap/m serverside-applied");
    await mergePatch(`/api/v1/namespaces/${namespace}/configmaps/m?fieldManager=other`, { data: { k: "b" } });
    const refused = await run("apply --server-side -f -", map("c"));
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('conflict with "other" using v1: .data.k'),
    ]);
    await succeed("apply --server-side --force-conflicts -f -", map("c"));
    expect(await succeed("get configmap m -o jsonpath={.data.k}")).toBe("c");
  });

  test("apply moves from the client to the server", async () => {
    await succeed("apply -f -", both(3, "a"));
    await succeed("apply --server-side -f -", both(4, "b"));
    expect(await succeed("get widget w -o jsonpath={.spec.size}")).toBe("4");
  });

  test("diff says what would change", async () => {
    await succeed("apply -f -", both(3, "a"));
    const changed = await run("diff -f -", both(4, "a"));
    expect([changed.code, changed.stdout]).toEqual([1, expect.stringMatching(/-\s+size: 3\n\+\s+size: 4/)]);
    expect((await run("diff -f -", both(3, "a"))).code).toBe(0);
  });

  test("get: tables, wide, by short name, category and selector", async () => {
    await succeed("apply -f -", both(3, "a"));
    await mergePatch(`${kind.path(namespace)}/w/status`, { status: { phase: "Up" } });
    expect(cells(await succeed("get widgets"))).toEqual([
      ["NAME", "SIZE", "AGE"],
      ["w", "3", expect.stringMatching(/^\d+s$/)],
    ]);
    expect(cells(await succeed("get wd -o wide"))[1]).toEqual(["w", "3", "Up", expect.stringMatching(/^\d+s$/)]);
    expect(await succeed("get all")).toContain(`widget${suffix}.${kind.group}/w`);
    expect(cells(await succeed("get configmap m"))[1]?.slice(0, 2)).toEqual(["m", "1"]);
    expect((await run("get widgets -l a=b")).stderr).toContain("No resources found");
    expect((await run("get widget absent")).stderr).toContain(
      `Error from server (NotFound): widgets${suffix}.${kind.group} "absent" not found`,
    );
  });

  test("get: yaml, json, names", async () => {
    await succeed("apply -f -", widget(3));
    expect(await succeed("get widget w -o yaml")).toMatch(
      /^apiVersion: .*\nkind: Widget\w+\n[\s\S]*\nspec:\n[\s\S]* size: 3\n/,
    );
    expect(JSON.parse(await succeed("get widgets -o json")).items).toHaveLength(1);
    expect(await succeed("get widgets -o name")).toBe(`widget${suffix}.${kind.group}/w\n`);
  });

  test("get -w shows changes", async () => {
    await succeed("apply -f -", widget(3));
    const watched = kubectl.follow(["-n", namespace, "get", `widgets${suffix}`, "-w"]);
    expect(await watched.line()).toMatch(/^NAME\s+SIZE\s+AGE/);
    expect(await watched.line()).toMatch(/^w\s+3/);
    await mergePatch(`${kind.path(namespace)}/w`, { spec: { size: 5 } });
    expect(await watched.line()).toMatch(/^w\s+5/);
    watched.stop();
  });

  test("describe shows the object and its events", async () => {
    await succeed("apply -f -", widget(3));
    const { body } = await get(`${kind.path(namespace)}/w`);
    const involvedObject = {
      kind: `Widget${suffix}`,
      name: "w",
      namespace,
      uid: body.metadata.uid,
      apiVersion: kind.apiVersion,
    };
    const event = {
      involvedObject,
      reason: "Happened",
      message: "it did",
      type: "Normal",
      source: { component: "test" },
    };
    await post(`/api/v1/namespaces/${namespace}/events`, { metadata: { name: "e" }, ...event });
    const text = await succeed("describe widget w");
    expect(text).toMatch(/Name:\s+w\n/);
    expect(text).toMatch(/Size:\s+3\n/);
    expect(text).toMatch(/Normal\s+Happened\s+[^\n]*it did/);
    expect(await succeed(`describe namespace ${namespace}`)).toMatch(/Status:\s+Active/);
  });

  test("patch, label, annotate", async () => {
    await succeed("apply -f -", both(3, "a"));
    await succeed('patch widget w --type=merge -p {"spec":{"size":5}}');
    await succeed('patch configmap m -p {"data":{"k":"z"}}');
    await succeed('patch configmap m --type=json -p [{"op":"add","path":"/data/l","value":"y"}]');
    await succeed('patch widget w --subresource=status --type=merge -p {"status":{"phase":"Up"}}');
    await succeed("label widget w a=b");
    await succeed("annotate widget w c=d");
    expect(
      await succeed(
        "get widget w -o jsonpath={.spec.size}{.status.phase}{.metadata.labels.a}{.metadata.annotations.c}",
      ),
    ).toBe("5Upbd");
    expect(await succeed("get configmap m -o jsonpath={.data}")).toBe('{"k":"z","l":"y"}');
    expect((await run("label widget w a=c")).code).toBe(1);
    await succeed("label widget w a-");
    expect(await succeed("get widget w -o jsonpath={.metadata.labels}")).toBe("");
  });

  test("wait for a condition, a value, and deletion", async () => {
    await succeed("apply -f -", widget(3));
    await succeed(`wait --for=condition=Established crd/${kind.crd} --timeout=5s`);
    const waiting = succeed("wait --for=jsonpath={.status.phase}=Up widget/w --timeout=20s");
    await mergePatch(`${kind.path(namespace)}/w/status`, { status: { phase: "Up" } });
    expect(await waiting).toContain("condition met");
    const gone = succeed("wait --for=delete widget/w --timeout=20s");
    await succeed("delete widget w");
    await gone;
  });

  test("delete by name, file and selector", async () => {
    await succeed("apply -f -", both(3, "a"));
    expect(await succeed("delete -f -", both(3, "a"))).toContain('configmap "m" deleted');
    await succeed("apply -f -", widget(3, "x"));
    await succeed("label widget x kill=me");
    await succeed("delete widgets -l kill=me");
    expect((await run("delete widget x")).stderr).toContain("NotFound");
    expect((await run("delete widget x --ignore-not-found")).code).toBe(0);
  });

  test("explain", async () => {
    const text = await succeed("explain widget.spec");
    expect(text).toMatch(/KIND:\s+Widget/);
    expect(text).toMatch(/size\s+<integer> -required-/);
    expect(text).toMatch(/tags\s+<\[\]string>/);
    expect(await succeed("explain pod.spec.containers")).toMatch(/image\s+<string>/);
    expect((await run("explain widget.spec.nope")).code).toBe(1);
  });

  test("api-resources, version, auth", async () => {
    expect(await succeed(`api-resources --api-group=${kind.group}`)).toMatch(/widgets\w+\s+wd\w+\s+.*true\s+Widget/);
    expect(JSON.parse(await succeed("version -o json")).serverVersion.minor).toBe("34");
    expect(await succeed("auth can-i create pods")).toBe("yes\n");
    expect((await run("auth whoami")).code).toBe(0);
  });

  test("logs of a Pod that does not run yet", async () => {
    await succeed("wait --for=create serviceaccount/default --timeout=10s");
    await post(`/api/v1/namespaces/${namespace}/pods`, {
      metadata: { name: "p" },
      spec: { containers: [{ name: "c", image: "i" }] },
    });
    expect(await succeed("logs p")).toBe("");
    expect((await run("logs absent")).code).toBe(1);
  });

  test("64-bit integers survive apply and patch", async () => {
    const text = widget(3).replace('"size":3', '"size":3,"seed":9223372036854775807');
    await succeed("apply -f -", text);
    await succeed('patch widget w --type=merge -p {"spec":{"size":4}}');
    expect(await succeed("get widget w -o jsonpath={.spec.seed}")).toBe("9223372036854775807");
  });
});
