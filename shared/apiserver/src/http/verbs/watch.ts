import { stringifyJson } from "@elemental/api";
import type { ApiMeta, ApiObject } from "../../object/object.ts";
import { invalidListOptions, parseResourceVersion } from "../../registry/list.ts";
import { apiVersionOf } from "../../resources/resource.ts";
import { forbidden } from "../../status/field-error.ts";
import { StatusError } from "../../status/status-error.ts";
import { startWatch, type WatchEventType, type WatchSink } from "../../watch/watch.ts";
import { objectTable, partial, representationOf } from "../present.ts";
import { flag, integer, parameter, type Scope, selection } from "../scope.ts";

const bookmarkEveryMs = 60_000;
const defaultTimeoutSeconds = { from: 1800, spread: 1800 };
/** Bytes that may wait for a slow client before its watch is ended. */
const backlogLimit = 64 * 1024 * 1024;

/** GET of a collection with `watch`: one JSON event per line until the timeout or the client ends it. */
export function watch(scope: Scope): void {
  const { response } = scope.exchange;
  const options = watchOptions(scope);
  const write = (type: string, object: object) => {
    response.write(`${stringifyJson({ type, object })}\n`);
    if (response.writableLength > backlogLimit) response.destroy();
  };
  const sink = sinkOf(scope, write, options.bookmarks);
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-cache, private" });
  response.flushHeaders();
  let stop = () => {};
  try {
    stop = startWatch(scope.registry, scope, options, sink);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    write("ERROR", error.toStatus());
    response.end();
    return;
  }
  endWith(scope, stop, sink);
}

function endWith(scope: Scope, stop: () => void, sink: WatchSink): void {
  const { response } = scope.exchange;
  const bookmark = () => sink.bookmark(scope.registry.store.revision, false);
  const seconds =
    integer(scope, "timeoutSeconds") || defaultTimeoutSeconds.from + Math.random() * defaultTimeoutSeconds.spread;
  const bookmarks = setInterval(bookmark, bookmarkEveryMs);
  const timeout = setTimeout(() => {
    bookmark();
    response.end();
  }, seconds * 1000);
  const unserved = scope.registry.catalog.onChange(() => {
    const { group, version, plural } = scope.resource;
    if (!scope.registry.catalog.find(group, version, plural)) response.end();
  });
  response.once("close", () => {
    stop();
    unserved();
    clearInterval(bookmarks);
    clearTimeout(timeout);
  });
}

function watchOptions(scope: Scope) {
  const initialEvents = parameter(scope, "sendInitialEvents");
  const match = parameter(scope, "resourceVersionMatch");
  const bookmarks = flag(scope, "allowWatchBookmarks");
  const errors = [];
  if (initialEvents !== "" && match !== "NotOlderThan") {
    errors.push(
      forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"),
    );
  }
  if (initialEvents === "" && match !== "") {
    errors.push(
      forbidden(
        "resourceVersionMatch",
        "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
      ),
    );
  }
  if (errors.length > 0) throw invalidListOptions(...errors);
  const revision = parseResourceVersion(parameter(scope, "resourceVersion"));
  const initialState = initialEvents === "" ? revision === 0 : initialEvents !== "false";
  return {
    initialState,
    revision: revision === 0 ? scope.registry.store.revision : revision,
    initialBookmark: initialEvents === "true" && bookmarks,
    bookmarks,
    matches: selection(scope),
  };
}

function sinkOf(scope: Scope, write: (type: string, object: object) => void, bookmarks: boolean): WatchSink {
  const { resource } = scope;
  const { as } = representationOf(scope);
  let isFirst = true;
  const shape = (object: ApiObject): object => {
    if (as?.kind === "Table") {
      const table = objectTable(scope, [object], { resourceVersion: object.metadata.resourceVersion }, isFirst);
      isFirst = false;
      return table;
    }
    return as?.kind === "PartialObjectMetadata" ? partial(object) : object;
  };
  return {
    event: (type: WatchEventType, object) => write(type, shape(object)),
    bookmark(revision, initialEventsEnd) {
      if (!bookmarks) return;
      const annotations = initialEventsEnd ? { "k8s.io/initial-events-end": "true" } : undefined;
      // An object of the watched kind of which only the version is known.
      const metadata = { resourceVersion: String(revision), ...(annotations && { annotations }) } as ApiMeta;
      write("BOOKMARK", shape({ kind: resource.kind, apiVersion: apiVersionOf(resource), metadata }));
    },
  };
}
