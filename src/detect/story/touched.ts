/**
 * What a command line touches, as far as its words tell: files, machines it talks to, and tables. One linear pass over
 * the words; nothing is run, resolved or looked up.
 */

/** What a command names. */
export interface Touched {
  /** Absolute paths, without those of programs and devices. */
  files: readonly string[];
  /** `192.0.2.7:8443`, `db01.example.com`: what a URL or an option such as `--host` names. */
  destinations: readonly string[];
  /** Tables of databases that options name. */
  tables: readonly string[];
}

/** Words of a command that are looked at. */
const MOST_WORDS = 200;
const MOST_LENGTH = 8_192;

const TABLE_OPTIONS = ['--table', '-t', '--tables', '--collection'];
const HOST_OPTIONS = ['--host', '-h', '--server', '--uri'];
/** Programs whose options of one letter mean a table, or a host. */
const DATABASE_TOOL =
  /(?:^|\/)(?:pg_dump|pg_dumpall|psql|mysqldump|mysql|mariadb-dump|mariadb|mongodump|mongoexport|redis-cli|sqlcmd)$/;
const NO_FILE =
  /^\/(?:dev\/(?:null|zero|stdin|stdout|stderr|tty|u?random)|(?:usr\/)?(?:local\/)?s?bin\/[^/]*)$/;

/** Takes a command line apart. */
export function touchedBy(command: string): Touched {
  const words = command.slice(0, MOST_LENGTH).split(/\s+/).slice(0, MOST_WORDS);
  const files = new Set<string>();
  const destinations = new Set<string>();
  const tables = new Set<string>();
  const isDatabase = words.some((word) => DATABASE_TOOL.test(word));
  for (const [index, word] of words.entries()) {
    const equals = word.startsWith('-') ? word.indexOf('=') : -1;
    const option = equals === -1 ? (words[index - 1] ?? '') : word.slice(0, equals);
    const value = unquoted(equals === -1 ? word : word.slice(equals + 1));
    const destination = destinationOf(value);
    if (destination !== undefined) destinations.add(destination);
    else if (isDatabase && TABLE_OPTIONS.includes(option) && isName(value)) tables.add(value);
    else if (isDatabase && HOST_OPTIONS.includes(option) && isName(value)) destinations.add(value);
    else {
      const path = value.startsWith('file=@') ? value.slice(6) : value.replace(/^[<>@]+/, '');
      if (isPath(path)) files.add(path);
    }
  }
  return { files: [...files], destinations: [...destinations], tables: [...tables] };
}

/** Folders below the root of a Unix: `/all` and `/domain` are options of Windows commands. */
const ROOT_FOLDER =
  /^\/(?:bin|boot|data|dev|etc|home|lib|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)$/;
const DRIVE = /^(?:[a-z]:\\|\\\\)/i;
const PROGRAM = /\.(?:exe|com|dll|cmd|bat)$/i;

/** An absolute path of Unix or Windows, of no program. */
const isPath = (text: string): boolean =>
  DRIVE.test(text)
    ? !PROGRAM.test(text)
    : text.length > 1 &&
      text.startsWith('/') &&
      (text.includes('/', 1) || ROOT_FOLDER.test(text)) &&
      !NO_FILE.test(text);

const unquoted = (word: string): string => word.replace(/^["']|["';]+$/g, '');
const isName = (value: string): boolean => /^[\w.:-]+$/.test(value) && !value.startsWith('-');

/** `192.0.2.7:8443` of a URL, `backup.example.com` of `user@backup.example.com:/srv`, the bucket of `s3://bucket/key`. */
function destinationOf(value: string): string | undefined {
  const url = /^(?:https?|ftps?|sftp|tcp|udp|ldaps?|s3|gs):\/\/([^/?#\s]+)/i.exec(value);
  const bucket = /^(?:s3|gs):/i.test(value) ? value.slice(0, value.indexOf(':') + 3) : '';
  if (url?.[1] !== undefined) return bucket + url[1].slice(url[1].lastIndexOf('@') + 1);
  const device = /^\/dev\/(?:tcp|udp)\/([\w.:-]+)\/(\d+)/.exec(value);
  if (device !== null) return `${device[1]}:${device[2]}`;
  const remote = /^(?:[\w.-]+@)?([\w-]+(?:\.[\w-]+)+):(?!\d*$)/.exec(value);
  return remote?.[1];
}
