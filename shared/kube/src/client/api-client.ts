import {
  type KubeObject,
  type ObjectKey,
  objectKey,
  parseJson,
  type ResourceType,
  stringifyJson,
} from "@elemental/api";
import { isKubeError, KubeError } from "../errors.ts";
import type { ListWatch, WatchEvent, WatchRequest } from "../informer/source.ts";
import type { DeleteOptions, ListOptions, ObjectList, Patch, Reader, Writer } from "../ports.ts";
import { describeObject } from "../subject.ts";
import { objectOf } from "./decode.ts";
import { collectionPath, objectPath, query, selectors } from "./path.ts";
import { hasTests, testsHold } from "./precondition.ts";
import { withRetries } from "./retry.ts";
import type { Subject } from "./status.ts";
import type { ApiRequest, Transport } from "./transport.ts";
import { unanswered } from "./transport.ts";
import { watchEvents } from "./watch-stream.ts";

export interface ApiClientOptions {
  transport: Transport;
  fieldManager: string;
  /** How long retries may go on, in milliseconds. */
  deadlineMs: number;
  closed: AbortSignal;
  report(error: unknown): void;
}

const pageSize = 500;
const patchTypes = { merge: "application/merge-patch+json", json: "application/json-patch+json" };

/** The requests of the ports against an API server. */
export class ApiClient implements Reader, Writer, ListWatch {
  readonly #options: ApiClientOptions;

  constructor(options: ApiClientOptions) {
    this.#options = options;
  }

  async get<T extends KubeObject>(type: ResourceType<T>, key: ObjectKey): Promise<T> {
    const request = { method: "GET", path: objectPath(type, key), subject: subjectOf("get", type, key) } as const;
    return decoded(type, request, await this.#send(request, true));
  }

  async list<T extends KubeObject>(type: ResourceType<T>, options: ListOptions = {}): Promise<ObjectList<T>> {
    try {
      return await this.#list(type, options, pageSize);
    } catch (error) {
      // The pages outlived the version they belong to: get all at once.
      if (!isKubeError(error, "Expired")) throw error;
      return this.#list(type, options, undefined);
    }
  }

  async *watch<T extends KubeObject>(type: ResourceType<T>, request: WatchRequest): AsyncIterable<WatchEvent<T>> {
    const { resourceVersion, signal } = request;
    const parameters = {
      ...selectors(request),
      watch: true,
      allowWatchBookmarks: true,
      // Spread over replicas and kinds, so that they do not reconnect together.
      timeoutSeconds: Math.round(300 + Math.random() * 300),
      resourceVersion,
      ...(resourceVersion === undefined && { sendInitialEvents: true, resourceVersionMatch: "NotOlderThan" }),
    };
    const path = collectionPath(type, request.namespace) + query(parameters);
    const subject = subjectOf("watch", type);
    const { transport, report } = this.#options;
    try {
      const body = await transport.stream({ method: "GET", path, subject }, signal);
      yield* watchEvents(type, subject, { body, report });
    } catch (error) {
      if (signal.aborted) return;
      throw isKubeError(error) ? error : unanswered({ subject }, error);
    }
  }

  async create<T extends KubeObject>(type: ResourceType<T>, object: T): Promise<T> {
    const key = objectKey(object);
    objectPath(type, key);
    const path = collectionPath(type, key.namespace) + this.#manager();
    const request = {
      method: "POST",
      path,
      subject: subjectOf("create", type, key),
      body: stringifyJson(object),
    } as const;
    return decoded(type, request, await this.#send(request, false));
  }

  async patch<T extends KubeObject>(type: ResourceType<T>, key: ObjectKey, patch: Patch): Promise<T> {
    return this.#patch(type, { key, patch, path: objectPath(type, key), verb: "patch" });
  }

  async patchStatus<T extends KubeObject>(type: ResourceType<T>, key: ObjectKey, patch: Patch): Promise<T> {
    return this.#patch(type, { key, patch, path: objectPath(type, key, "status"), verb: "patch status of" });
  }

  async apply<T extends KubeObject>(type: ResourceType<T>, object: T): Promise<T> {
    const key = objectKey(object);
    const request: ApiRequest = {
      method: "PATCH",
      path: objectPath(type, key) + query({ fieldManager: this.#options.fieldManager, force: true }),
      subject: subjectOf("apply", type, key),
      body: stringifyJson(object),
      contentType: "application/apply-patch+yaml",
    };
    return decoded(type, request, await this.#send(request, true));
  }

  async delete(type: ResourceType, key: ObjectKey, options: DeleteOptions = {}): Promise<void> {
    const { uid, resourceVersion, propagationPolicy = "Background" } = options;
    const subject = subjectOf("delete", type, key);
    const body = stringifyJson({ preconditions: { uid, resourceVersion }, propagationPolicy });
    try {
      // Without the uid a repetition could meet a successor of the same name.
      await this.#send({ method: "DELETE", path: objectPath(type, key), subject, body }, uid !== undefined);
    } catch (error) {
      if (!isKubeError(error, "NotFound")) throw error;
    }
  }

  async #list<T extends KubeObject>(
    type: ResourceType<T>,
    options: ListOptions,
    limit: number | undefined,
  ): Promise<ObjectList<T>> {
    const path = collectionPath(type, options.namespace);
    const subject = subjectOf("list", type);
    const items: T[] = [];
    let page: ObjectPage | undefined;
    do {
      const parameters = { ...selectors(options), limit, continue: page?.metadata.continue };
      const text = await this.#send({ method: "GET", path: path + query(parameters), subject }, true);
      page = parseJson(text) as ObjectPage;
      for (const item of page.items ?? []) {
        const object = objectOf(type, item);
        if (object) items.push(object);
      }
    } while (page.metadata.continue);
    return { items, resourceVersion: page.metadata.resourceVersion };
  }

  async #patch<T extends KubeObject>(
    type: ResourceType<T>,
    { key, patch, path, verb }: { key: ObjectKey; patch: Patch; path: string; verb: string },
  ): Promise<T> {
    const request: ApiRequest = {
      method: "PATCH",
      path: path + this.#manager(),
      subject: subjectOf(verb, type, key),
      body: stringifyJson(patch.body),
      contentType: patchTypes[patch.type],
    };
    try {
      return decoded(type, request, await this.#send(request, false));
    } catch (error) {
      if (isKubeError(error, "Invalid") && (await this.#failedTest(type, key, patch))) {
        throw new KubeError("Conflict", `${request.subject.text}: the object has been modified`, { cause: error });
      }
      throw error;
    }
  }

  // The API server does not tell a failed `test` from any other mistake in a JSON patch.
  async #failedTest(type: ResourceType, key: ObjectKey, patch: Patch): Promise<boolean> {
    return hasTests(patch) && !testsHold(patch, await this.get(type, key));
  }

  #send(request: ApiRequest, idempotent: boolean): Promise<string> {
    const { transport, deadlineMs, closed } = this.#options;
    return withRetries({ idempotent, deadlineMs, signal: closed }, () => transport.request(request));
  }

  #manager(): string {
    return query({ fieldManager: this.#options.fieldManager });
  }
}

interface ObjectPage {
  metadata: { resourceVersion: string; continue?: string };
  items?: unknown[];
}

function decoded<T extends KubeObject>(type: ResourceType<T>, request: ApiRequest, text: string): T {
  const object = objectOf(type, parseJson(text));
  if (object) return object;
  throw new KubeError("Unknown", `${request.subject.text}: the answer is no object`);
}

function subjectOf(verb: string, type: ResourceType, key?: ObjectKey): Subject {
  const text = `${verb} ${key ? describeObject(type, key) : type.plural}`;
  return { text, confidential: type.group === "" && type.plural === "secrets", resource: type.plural };
}
