/** Files and programs that attackers name with wildcards (`/e?c/p*d`, `/???/c?t`), to recognise what they mean. */

const PROGRAMS =
  'cat ls id sh bash dash nc wget curl whoami uname ping ps echo python python3 perl tac head tail more less nl cp mv rm sleep base64 hostname netstat ifconfig find grep env printenv awk sed od rev which kill touch chmod nslookup';
const FILES = [
  '/etc/passwd',
  '/etc/shadow',
  '/etc/group',
  '/etc/hosts',
  '/etc/issue',
  '/etc/hostname',
  '/etc/crontab',
  '/etc/sudoers',
  '/proc/self/environ',
  '/proc/self/cmdline',
  '/proc/version',
  '/var/log/auth.log',
  '/root/.ssh/id_rsa',
];
const PATHS: readonly string[] = [
  ...FILES,
  ...PROGRAMS.split(' ').flatMap((name) => [`/bin/${name}`, `/usr/bin/${name}`]),
];

const WORD = /\/[\w./?*[\]!^-]{1,60}/g;
const HAS_WILDCARD = /[?*[]/;
/** Words looked at in one text: a text of nothing but wildcards is no reason to look for ever. */
const MAX_WORDS = 12;

/** The known paths that the wildcards in a text stand for, for example `/bin/cat`. */
export function wildcardPaths(text: string): string[] {
  if (!HAS_WILDCARD.test(text)) return [];
  const found = new Set<string>();
  let looked = 0;
  for (const [word] of text.matchAll(WORD)) {
    if (!HAS_WILDCARD.test(word) || !isTelling(word)) continue;
    looked += 1;
    if (looked > MAX_WORDS) break;
    for (const path of PATHS) if (matches(word, path)) found.add(path);
  }
  return [...found];
}

/** Wildcards in a path of two parts, the last of which names something by a letter or by its length. */
function isTelling(word: string): boolean {
  const parts = word.split('/').filter((part) => part !== '');
  const last = parts.at(-1) ?? '';
  const letters = word.replace(/[^a-z]/gi, '').length;
  return (
    parts.length >= 2 &&
    (letters >= 2 || (letters >= 1 && /\?\?/.test(word))) &&
    /[a-z]/i.test(last)
  );
}

/** A shell's pattern against a path; one star a part, so that the time is bounded. */
function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const parts = path.split('/');
  return (
    wanted.length === parts.length &&
    wanted.every((part, index) => fits(part, 0, parts[index] as string, 0, 0))
  );
}

const MAX_STARS = 4;

function fits(pattern: string, at: number, text: string, from: number, stars: number): boolean {
  if (at >= pattern.length) return from === text.length;
  const character = pattern[at];
  if (character === '*') {
    if (stars > MAX_STARS) return false;
    for (let next = from; next <= text.length; next += 1) {
      if (fits(pattern, at + 1, text, next, stars + 1)) return true;
    }
    return false;
  }
  if (from >= text.length) return false;
  if (character === '[') {
    const end = pattern.indexOf(']', at + 2);
    if (end < 0) return false;
    return inClass(pattern.slice(at + 1, end), text[from] as string)
      ? fits(pattern, end + 1, text, from + 1, stars)
      : false;
  }
  return character === '?' || character?.toLowerCase() === text[from]
    ? fits(pattern, at + 1, text, from + 1, stars)
    : false;
}

function inClass(members: string, character: string): boolean {
  const isNegated = members.startsWith('!') || members.startsWith('^');
  const list = isNegated ? members.slice(1) : members;
  let isIn = list.includes(character);
  for (let index = 1; index + 1 < list.length; index += 1) {
    if (list[index] === '-' && (list[index - 1] as string) <= character) {
      isIn ||= character <= (list[index + 1] as string);
    }
  }
  return isIn !== isNegated;
}
