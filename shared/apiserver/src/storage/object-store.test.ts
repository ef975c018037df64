import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ApiObject } from "../object/object.ts";
import { StatusError } from "../status/status-error.ts";
import { ObjectStore, type StoreEvent } from "./object-store.ts";
import { openRevisionLog, type RevisionLogOptions } from "./revisions.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "store-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = () => join(folder, "api.sqlite");
const reported: unknown[] = [];
const open = (options?: RevisionLogOptions) =>
  new ObjectStore(openRevisionLog(file(), options), (error) => reported.push(error));

function map(name: string, data: object = {}): ApiObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "n" }, data };
}

const put = (store: ObjectStore, name: string, data?: object) => store.put("configmaps", `n/${name}`, map(name, data));
const remove = (store: ObjectStore, name: string) => store.remove("configmaps", `n/${name}`, map(name));
const summary = ({ type, key }: StoreEvent) => `${type} ${key}`;

describe("restart", () => {
  test("loses nothing: objects, versions, history, 64-bit integers", () => {
    const store = open();
    put(store, "a", { seed: 9223372036854775807n });
    put(store, "b");
    put(store, "b", { k: "v" });
    remove(store, "a");
    put(store, "a", { seed: 9223372036854775807n });
    const before = { revision: store.revision, list: store.list("configmaps", "") };
    store.close();
    const again = open();
    expect({ revision: again.revision, list: again.list("configmaps", "") }).toEqual(before);
    expect(again.since("configmaps", 3).map(summary)).toEqual(["MODIFIED n/b", "DELETED n/a", "ADDED n/a"]);
    expect(put(again, "c").metadata.resourceVersion).toBe(String(before.revision + 1));
    again.close();
  });

  test("after the newest object was deleted and forgotten, versions go on", () => {
    let time = 1000;
    const store = open({ now: () => time });
    put(store, "a");
    remove(store, "a");
    const { revision } = store;
    time = 2000;
    store.compactBefore(2000);
    store.close();
    const again = open();
    expect(again.revision).toBe(revision);
    again.close();
  });
});

describe("history", () => {
  test("knows what was at any revision, and what happened since, with the state before", () => {
    const store = open();
    put(store, "a");
    const first = store.revision;
    put(store, "a", { k: "v" });
    put(store, "b");
    remove(store, "a");
    const names = (revision: number) => store.listAt("configmaps", "n/", revision).map(({ metadata }) => metadata.name);
    expect([names(first), names(first + 2), names(store.revision)]).toEqual([["a"], ["a", "b"], ["b"]]);
    const [modified] = store.since("configmaps", first);
    expect([modified?.object.data, modified?.previous?.data]).toEqual([{ k: "v" }, {}]);
    expect(store.since("secrets", first)).toEqual([]);
    store.close();
  });

  test("what is forgotten is refused as Expired; the present stays", () => {
    let time = 1000;
    const store = open({ now: () => time });
    put(store, "a");
    put(store, "gone");
    remove(store, "gone");
    put(store, "a", { k: "v" });
    const compacted = store.revision;
    time = 5000;
    put(store, "b");
    store.compactBefore(3000);
    for (const look of [
      () => store.since("configmaps", compacted - 1),
      () => store.listAt("configmaps", "", compacted - 1),
    ]) {
      expect(look).toThrow(expect.objectContaining({ status: 410, code: "Expired" }));
    }
    expect(store.since("configmaps", compacted).map(summary)).toEqual(["ADDED n/b"]);
    expect(store.listAt("configmaps", "", compacted).map(({ data }) => data)).toEqual([{ k: "v" }]);
    store.close();
    const again = open();
    expect(again.list("configmaps", "").map(({ metadata }) => metadata.name)).toEqual(["a", "b"]);
    again.close();
  });

  test("a revision that is not there yet is refused too", () => {
    const store = open();
    put(store, "a");
    expect(() => store.since("configmaps", store.revision + 1)).toThrow(expect.objectContaining({ status: 410 }));
    expect(store.since("configmaps", store.revision)).toEqual([]);
    store.close();
  });
});

describe("listeners", () => {
  test("hear every write once and in order, also those that other listeners make", () => {
    const store = open();
    const heard: string[] = [];
    store.subscribe("configmaps", ({ key }) => {
      if (key === "n/a") put(store, "b");
    });
    const unsubscribe = store.subscribe("configmaps", (event) => heard.push(summary(event)));
    put(store, "a");
    unsubscribe();
    put(store, "c");
    expect(heard).toEqual(["ADDED n/a", "ADDED n/b"]);
    store.close();
  });

  test("that throw are reported, and the others hear of the write", () => {
    const store = open();
    const heard: string[] = [];
    store.subscribe("configmaps", () => {
      throw new Error("careless");
    });
    store.subscribe("configmaps", (event) => heard.push(summary(event)));
    put(store, "a");
    expect([heard, reported.splice(0)]).toEqual([["ADDED n/a"], [new Error("careless")]]);
    store.close();
  });
});

describe("failing writes", () => {
  test("a full database refuses the write, says so, and changes nothing", () => {
    const store = open({ maxBytes: 64 * 1024 });
    const heard: StoreEvent[] = [];
    put(store, "a");
    store.subscribe("configmaps", (event) => heard.push(event));
    const { revision } = store;
    const write = () => put(store, "big", { k: "x".repeat(200_000) });
    expect(write).toThrow(StatusError);
    expect(write).toThrow(/cannot write configmaps n\/big: the disk is full/);
    expect([store.revision, heard, store.get("configmaps", "n/big")]).toEqual([revision, [], undefined]);
    expect(put(store, "small").metadata.resourceVersion).toBe(String(revision + 1));
    store.close();
  });
});

describe("opening", () => {
  test("a folder that cannot be made is named, and nothing is left", () => {
    writeFileSync(join(folder, "plain"), "");
    expect(() => openRevisionLog(join(folder, "plain", "data", "api.sqlite"))).toThrow(/data directory .*plain\/data/);
    expect(readdirSync(folder)).toEqual(["plain"]);
  });

  test("a database that cannot be completed is removed, with the folders made for it", () => {
    const target = join(folder, "new", "data");
    expect(() => openRevisionLog(join(target, "api.sqlite"), { maxBytes: 4096 })).toThrow(
      /disk is full; free some space/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a file that is no database stays as it is", () => {
    writeFileSync(file(), "precious ".repeat(1000));
    expect(() => open()).toThrow(/api\.sqlite: file is not a database/);
    expect(readdirSync(folder)).toEqual(["api.sqlite"]);
  });

  test("a folder in place of the file is named", () => {
    mkdirSync(file());
    expect(() => open()).toThrow(/api\.sqlite: .*must be writable/);
  });

  test("a second opener is told who is in the way", () => {
    const store = open();
    put(store, "a");
    expect(() => open()).toThrow(/another process is using it/);
    store.close();
  });

  test("a newer format is refused", () => {
    open().close();
    const database = new DatabaseSync(file());
    database.exec("PRAGMA user_version = 99");
    database.close();
    expect(() => open()).toThrow(/written by a newer version/);
  });
});
