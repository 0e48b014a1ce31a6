/**
 * `/etc/passwd`, `/etc/shadow` and `/etc/group`, line by line.
 * @see https://man7.org/linux/man-pages/man5/passwd.5.html https://man7.org/linux/man-pages/man5/shadow.5.html
 */

/** A line of `/etc/passwd`. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
  home: string;
  shell: string;
}

/** Accounts in their order; lines of another form are passed over. */
export function readPasswd(text: string): Account[] {
  return linesOf(text).flatMap((line): Account[] => {
    const [name = '', , uid = '', gid = '', , home = '', shell = ''] = line.split(':');
    return name !== '' && /^\d{1,10}$/.test(uid)
      ? [{ name, uid: Number(uid), gid: Number(gid), home, shell }]
      : [];
  });
}

/** What `/etc/shadow` says of an account's password; the password itself is not taken. */
export interface PasswordFacts {
  /** `empty`: no password is asked for; `locked`: none fits. */
  state: 'set' | 'empty' | 'locked';
  /** The day on which it was last changed, milliseconds since the epoch at its beginning, UTC; undefined where that is not known. */
  changedMs: number | undefined;
}

/** By account. */
export function readShadow(text: string): ReadonlyMap<string, PasswordFacts> {
  return new Map(
    linesOf(text).flatMap((line): [string, PasswordFacts][] => {
      const [name = '', password = '', day = ''] = line.split(':');
      if (name === '') return [];
      const state = password === '' ? 'empty' : /^[!*]/.test(password) ? 'locked' : 'set';
      const changedMs = /^[1-9]\d{0,6}$/.test(day) ? Number(day) * 86_400_000 : undefined;
      return [[name, { state, changedMs }]];
    }),
  );
}

/** The members of each group, those by their own line in `/etc/passwd` left out. */
export function readGroups(text: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    linesOf(text).flatMap((line): [string, readonly string[]][] => {
      const [name = '', , , members = ''] = line.split(':');
      return name === '' ? [] : [[name, members.split(',').filter((member) => member !== '')]];
    }),
  );
}

const linesOf = (text: string): string[] =>
  text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
