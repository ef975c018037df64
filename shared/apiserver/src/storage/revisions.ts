import type { DatabaseSync, StatementSync } from "node:sqlite";
import { openDatabase } from "./database.ts";

export type ChangeType = "ADDED" | "MODIFIED" | "DELETED";

/** One write. `key` is `namespace/name`, or the name of a cluster-scoped object; `object` is JSON text. */
export interface Revision {
  revision: number;
  resource: string;
  key: string;
  type: ChangeType;
  object: string;
}

export interface RevisionWithPrevious extends Revision {
  /** The object before this write; null when there was none. */
  previous: string | null;
}

/**
 * Every write of the last while and the latest state of every object, one row each. Writes are atomic, and durable
 * against the end of the process.
 */
export interface RevisionLog {
  append(revision: Revision): void;
  /** The latest state of everything, ordered by key. */
  current(): Iterable<Revision>;
  /** Writes to one resource after `revision`, oldest first. */
  since(resource: string, revision: number): RevisionWithPrevious[];
  /** The objects of one resource as they were at `revision`, ordered by key. */
  at(resource: string, revision: number): Revision[];
  /** Forgets what was overwritten or deleted at or before `revision`. */
  compact(revision: number): void;
  /** The newest revision written before `time` (milliseconds). */
  newestBefore(time: number): number;
  /** The revision up to which history is forgotten. */
  compacted(): number;
  close(): void;
}

const columns = "revision, resource, key, type, object";

const previousObject = `(SELECT p.object FROM revisions p
  WHERE p.resource = r.resource AND p.key = r.key AND p.revision < r.revision AND r.type <> 'ADDED'
  ORDER BY p.revision DESC LIMIT 1)`;

const statements = {
  append: `INSERT INTO revisions (${columns}, time) VALUES (?, ?, ?, ?, ?, ?)`,
  current: `SELECT ${columns} FROM revisions r WHERE type <> 'DELETED' AND NOT EXISTS
    (SELECT 1 FROM revisions n WHERE n.resource = r.resource AND n.key = r.key AND n.revision > r.revision)
    ORDER BY resource, key`,
  since: `SELECT ${columns}, ${previousObject} AS previous FROM revisions r
    WHERE revision > ? AND resource = ? ORDER BY revision`,
  at: `SELECT ${columns} FROM revisions r WHERE resource = ? AND revision <= ? AND type <> 'DELETED' AND NOT EXISTS
    (SELECT 1 FROM revisions n WHERE n.resource = r.resource AND n.key = r.key AND n.revision > r.revision
      AND n.revision <= ?)
    ORDER BY key`,
  forgetOverwritten: `DELETE FROM revisions WHERE revision IN (SELECT p.revision FROM revisions n
    JOIN revisions p ON p.resource = n.resource AND p.key = n.key AND p.revision < n.revision
    WHERE n.revision > ? AND n.revision <= ?)`,
  forgetDeleted: "DELETE FROM revisions WHERE revision > ? AND revision <= ? AND type = 'DELETED'",
  recordCompaction: "INSERT OR REPLACE INTO compaction (id, revision) VALUES (0, ?)",
  newestBefore: "SELECT coalesce(max(revision), 0) AS revision FROM revisions WHERE time < ?",
  compacted: "SELECT coalesce(max(revision), 0) AS revision FROM compaction",
};

export interface RevisionLogOptions {
  /** Writes that would make the database larger than this fail; 8 GiB by default. */
  maxBytes?: number;
  /** Milliseconds. */
  now?: () => number;
}

type Values = readonly (string | number)[];

/** Opens the log kept in `file`, or one in memory. Throws an Error that names the file. */
export function openRevisionLog(file: string | undefined, options: RevisionLogOptions = {}): RevisionLog {
  const { maxBytes = 8 * 2 ** 30, now = Date.now } = options;
  const database = openDatabase(file, maxBytes);
  const prepared = new Map<string, StatementSync>();
  const prepare = (name: keyof typeof statements) => {
    const statement = prepared.get(name) ?? database.prepare(statements[name]);
    prepared.set(name, statement);
    return statement;
  };
  const rows = <T>(name: keyof typeof statements, ...values: Values) => prepare(name).all(...values) as unknown as T[];
  const number = (name: keyof typeof statements, ...values: Values) =>
    rows<{ revision: number }>(name, ...values)[0]?.revision ?? 0;
  return {
    append: ({ revision, resource, key, type, object }) =>
      void prepare("append").run(revision, resource, key, type, object, now()),
    current: () => prepare("current").iterate() as unknown as Iterable<Revision>,
    since: (resource, revision) => rows<RevisionWithPrevious>("since", revision, resource),
    at: (resource, revision) => rows<Revision>("at", resource, revision, revision),
    compact(revision) {
      const window = [number("compacted"), revision];
      inTransaction(database, () => {
        prepare("recordCompaction").run(revision);
        prepare("forgetOverwritten").run(...window);
        prepare("forgetDeleted").run(...window);
      });
    },
    newestBefore: (time) => number("newestBefore", time),
    compacted: () => number("compacted"),
    close: () => database.close(),
  };
}

function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
