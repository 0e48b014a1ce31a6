/** Kinds of logs, by the words of Sigma's log sources that formats declare and by the names of files. */

import { FORMATS } from './formats/list.ts';
import type { LogFormat, LogSource } from './formats/log-format.ts';

/** Something that a story tells of and that a kind of log would show. */
export type Need = 'web' | 'host' | 'database' | 'cloud' | 'person' | 'account' | 'cluster';

/** A kind of log. */
export interface LogKind {
  /** As in "no log of ...". `HOST` is the machine. */
  title: string;
  need: Need;
  /** A log of a web server itself, which has several. */
  isOfServer?: boolean;
  /** What shows logins holds it, whatever the file is called. */
  isOfLogins?: boolean;
  /** One of the network tells of all machines in it. */
  isOfNetwork?: boolean;
  /** Is it of this kind, by the words of Sigma's log sources and the name of the file? */
  isOf(sources: readonly LogSource[], name: string): boolean;
}

/** Has a source one of the words, among those that hold for all of its lines? */
const always =
  (...words: readonly string[]) =>
  (sources: readonly LogSource[]): boolean =>
    sources.some((source) => source.when === undefined && hasWord(source, words));
/** The same among those of some lines. */
const sometimes =
  (...words: readonly string[]) =>
  (sources: readonly LogSource[]): boolean =>
    sources.some((source) => hasWord(source, words));

const hasWord = (
  { products = [], categories = [], services = [], serviceCategories = [] }: LogSource,
  words: readonly string[],
): boolean =>
  [products, categories, services, serviceCategories].some((list) =>
    list.some((word) => words.includes(word)),
  );

/** Logs of logins by name; other logs of the same format tell of the system. */
const LOGIN_NAME = /auth|secure|login|journal|messages|^-$/i;
const DATABASE_NAME = /sql|postgres|mongo|redis|maria|oracle/i;
/** What holds anything that programs say. */
const isMixed = sometimes('syslog');
const isApplication = always('application');

/** What a breach would stand on, in the order in which a reader would ask for it. */
export const LOG_KINDS: readonly LogKind[] = [
  {
    title: "the web server's requests",
    need: 'web',
    isOfServer: true,
    isOf: (sources) => always('webserver')(sources) && always('access', 'iis')(sources),
  },
  {
    title: "the web server's errors",
    need: 'web',
    isOfServer: true,
    isOf: (sources) => always('error')(sources) && always('webserver')(sources),
  },
  { title: 'the application', need: 'web', isOf: isApplication },
  {
    title: 'logins on HOST',
    need: 'host',
    isOfLogins: true,
    isOf: (sources, name) =>
      always('utmp', 'windows')(sources) ||
      (isMixed(sources)
        ? LOGIN_NAME.test(name)
        : sometimes('sshd', 'windows')(sources) && !sometimes('auditd')(sources)),
  },
  {
    title: 'what ran on HOST (audit)',
    need: 'host',
    isOf: (sources) =>
      !isMixed(sources) && sometimes('auditd', 'process_creation', 'falco', 'osquery')(sources),
  },
  {
    title: 'the system of HOST',
    need: 'host',
    isOf: (sources, name) =>
      sometimes('windows')(sources) || (isMixed(sources) && !/auth|secure/i.test(name)),
  },
  {
    title: "HOST's own network traffic",
    need: 'host',
    isOfNetwork: true,
    isOf: always('firewall', 'ids', 'zeek', 'proxy', 'dns'),
  },
  {
    title: 'the database server',
    need: 'database',
    isOf: (sources, name) =>
      sources.some(({ products }) => products?.length === 1 && products[0] === 'sql') ||
      (isApplication(sources) && DATABASE_NAME.test(name)),
  },
  {
    title: 'the cloud account whose keys were read',
    need: 'cloud',
    isOf: sometimes('cloudtrail', 'azure', 'gcp'),
  },
  { title: 'the single sign-on', need: 'person', isOf: sometimes('identity') },
  {
    title: 'what the account did afterwards',
    need: 'account',
    isOf: sometimes('cloudtrail', 'azure', 'gcp', 'm365', 'google_workspace', 'github'),
  },
  {
    title: 'the cluster whose keys were read',
    need: 'cluster',
    isOf: sometimes('kubernetes'),
  },
];

const sourcesByFormat = new Map<string, LogFormat['sources']>();

/** Is a file of a format, by its name, of the kind? */
export function isOfKind(
  kind: LogKind,
  { format, path }: { format: string; path: string },
): boolean {
  if (sourcesByFormat.size === 0)
    for (const { name, sources } of FORMATS) sourcesByFormat.set(name, sources);
  return kind.isOf(sourcesByFormat.get(format) ?? [], path.slice(path.lastIndexOf('/') + 1));
}
