import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

const format = 1;

const layout = `
  CREATE TABLE IF NOT EXISTS revisions (
    revision INTEGER PRIMARY KEY,
    resource TEXT NOT NULL,
    key TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('ADDED', 'MODIFIED', 'DELETED')),
    object TEXT NOT NULL,
    time INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS revisions_of_key ON revisions (resource, key, revision);
  CREATE TABLE IF NOT EXISTS compaction (id INTEGER PRIMARY KEY CHECK (id = 0), revision INTEGER NOT NULL) STRICT;
  PRAGMA user_version = ${format};
`;

const pageSize = 4096;

/**
 * Opens the database file, making it and its folder when there are none; undefined opens one in memory. Throws an Error
 * that names the file; what could not be completed is removed again.
 */
export function openDatabase(file: string | undefined, maxBytes: number): DatabaseSync {
  let database: DatabaseSync | undefined;
  const made = file === undefined ? undefined : makeFolder(dirname(file));
  let isNew = false;
  try {
    database = new DatabaseSync(file ?? ":memory:");
    isNew = versionOf(database) === 0;
    database.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      PRAGMA max_page_count = ${Math.ceil(maxBytes / pageSize)};`);
    checkFormat(versionOf(database));
    if (isNew) database.exec(`BEGIN IMMEDIATE; ${layout} COMMIT;`);
    return database;
  } catch (error) {
    database?.close();
    if (isNew && file !== undefined) removeFiles(file);
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
    throw new Error(`Cannot open the database of the embedded API ${file}: ${explain(error)}.`, { cause: error });
  }
}

/** Makes a folder with those above it; returns the topmost that was not there before. */
function makeFolder(folder: string): string | undefined {
  try {
    return mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Error(`Cannot make the data directory ${folder}: ${explain(error)}.`, { cause: error });
  }
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.user_version);
}

function checkFormat(version: number): void {
  if (version > format) throw new Error(`it was written by a newer version (format ${version}, known is ${format})`);
}

function removeFiles(file: string): void {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(`${file}${suffix}`, { force: true });
}

/** SQLite's own words, with what to do next where they alone do not say it. */
export function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC") return "the disk is full; free some space";
  if (code === "EROFS" || code === "EACCES") return "it is not writable; choose another data directory";
  if (/locked/.test(message)) return "another process is using it; stop that one or choose another data directory";
  if (/disk is full/.test(message)) return "the disk is full; free some space";
  if (/readonly|unable to open/.test(message)) return `${message}; the data directory must be writable`;
  return message;
}
