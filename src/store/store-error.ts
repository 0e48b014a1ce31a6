/** Turns what the database throws into failures that say what to do. */
import { EXIT, IrError } from '../errors.ts';

interface Explanation {
  says: string;
  hint: string;
}

/** By the start of SQLite's result code or of the system's. @see https://www.sqlite.org/rescode.html */
const EXPLANATIONS: readonly (readonly [prefix: string, explanation: Explanation])[] = [
  [
    'SQLITE_BUSY',
    {
      says: 'is locked by another process',
      hint: 'Wait until the other ir command has ended, then run this one again; nothing was written.',
    },
  ],
  [
    'SQLITE_LOCKED',
    { says: 'is locked by another process', hint: 'Run the command again; nothing was written.' },
  ],
  [
    'SQLITE_FULL',
    {
      says: 'cannot grow: the disk is full',
      hint: 'Free some space and run the command again; nothing was written.',
    },
  ],
  [
    'SQLITE_READONLY',
    {
      says: 'is read-only',
      hint: 'Check the permissions of the folder and its files; nothing was written.',
    },
  ],
  [
    'SQLITE_CANTOPEN',
    {
      says: 'cannot be opened',
      hint: 'Check that the folder exists and is yours to read and write.',
    },
  ],
  [
    'SQLITE_IOERR',
    {
      says: 'cannot be read or written',
      hint: 'Check the disk (space, quota, hardware); nothing was written.',
    },
  ],
  [
    'SQLITE_CORRUPT',
    {
      says: 'is damaged',
      hint: 'Work on a copy of the file and restore from a backup; do not delete it.',
    },
  ],
  [
    'SQLITE_NOTADB',
    { says: 'is not a store', hint: 'Name another folder with --store, or move that file away.' },
  ],
  [
    'ENOSPC',
    {
      says: 'cannot be made: the disk is full',
      hint: 'Free some space and run the command again.',
    },
  ],
  [
    'EROFS',
    {
      says: 'cannot be made: the file system is read-only',
      hint: 'Name another folder with --store.',
    },
  ],
  [
    'EACCES',
    { says: 'cannot be made: no permission', hint: 'Name a folder of yours with --store.' },
  ],
  [
    'ENOENT',
    {
      says: 'cannot be made: the file system takes no folder there',
      hint: 'Name another folder with --store.',
    },
  ],
  [
    'ENOTDIR',
    { says: 'cannot be made: part of the path is a file', hint: 'Name a folder with --store.' },
  ],
  [
    'EEXIST',
    {
      says: 'cannot be made: a file has the name of the folder',
      hint: 'Name another folder with --store.',
    },
  ],
];

/** What SQLite says where a table was taken away or given another shape. */
const OTHER_SHAPE = /^no such (?:table|column)|has no column named/;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** An `IrError` (exit 7) for a database failure with a known cause; anything else as it is. */
export function explainStoreError(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (code === 'SQLITE_ERROR' && error instanceof Error && OTHER_SHAPE.test(error.message)) {
    return new IrError(
      `the store ${path} does not have the tables that this version makes: ${error.message}`,
      {
        exit: EXIT.integrity,
        hint: 'ir verify lists what is missing or changed. Keep the file as it is and restore the store from a copy.',
        cause: error,
      },
    );
  }
  const found = EXPLANATIONS.find(([prefix]) => code.startsWith(prefix));
  if (found === undefined) return error;
  const [, { says, hint }] = found;
  return new IrError(`the store ${path} ${says}`, { exit: EXIT.integrity, hint, cause: error });
}
