/** Kinds of logs that would show more of a story and are not there. */

import { isOfKind, LOG_KINDS, type Need } from '../../logs/log-kinds.ts';
import { valueAt } from '../act.ts';
import type { FileAccount, Finding } from '../finding.ts';
import { enteredBy, type Fact, hostInPath } from './fact.ts';

/** Files in which keys of a cloud account lie. */
const CLOUD_KEYS = /\/\.aws\/|\/\.azure\/|gcloud|\/\.boto|credentials\.json/;

/** Where the token of a program of a cluster, or the keys of its owner, lie. */
const CLUSTER_KEYS = /serviceaccount\/token|\/kubelet\/|\/\.kube\/|\/etc\/kubernetes\//;
const DATABASE_TOOL =
  /\b(?:pg_dump|pg_dumpall|psql|mysqldump|mariadb-dump|mysql|mongodump|redis-cli|sqlcmd)\b/;
/** What a machine is called of which no line says the name. */
const NAMELESS = 'the machine';

/** What they write there, and not in the audit trail. */
const AUTH_DATASET = 'system.auth';
/** Who writes where logins stand (`auth`, `authpriv`), by syslog. */
const AUTH_PROGRAMS = new Set(
  'sshd su sudo sudo-rs doas login useradd usermod userdel groupadd passwd chpasswd systemd-logind'.split(
    ' ',
  ),
);

/** Kinds of logs that are not among the files and would show more, named as part of a sentence. */
export function missingKinds(
  facts: readonly Fact[],
  files: readonly FileAccount[],
  findings: readonly Finding[],
): string[] {
  const needs = needsOf(facts);
  const entered = enteredBy(facts);
  const known = [...new Set(entered.flatMap(({ host }) => host ?? []))];
  const hosts = known.length === 0 && entered.some(isOnMachine) ? [NAMELESS] : known;
  const named = new Set(hosts);
  const read = files.filter(({ lines }) => lines > 0);
  if (hosts.length > 0) needs.add('host');
  // Whatever a file is called, findings of logins stand in it.
  const withLogins = new Set(
    findings.flatMap(({ event, evidence: [first] }) => {
      const program = valueAt(event, 'process.name') ?? '';
      const isAuth = valueAt(event, 'event.dataset') === AUTH_DATASET && AUTH_PROGRAMS.has(program);
      return (program === 'sshd' || isAuth) && first !== undefined ? [first.file] : [];
    }),
  );
  // One log of a web server tells that there is the other.
  if (
    LOG_KINDS.some(
      (kind) =>
        kind.need === 'web' &&
        kind.isOfServer === true &&
        read.some((file) => isOfKind(kind, file)),
    )
  )
    needs.add('web');
  return LOG_KINDS.filter(({ need }) => needs.has(need)).flatMap((kind) => {
    if (kind.need !== 'host') return read.some((file) => isOfKind(kind, file)) ? [] : [kind.title];
    // What a firewall or a cloud network says is of every machine behind it.
    if (kind.isOfNetwork === true && read.some((file) => isOfKind(kind, file))) return [];
    const of = (host: string): readonly FileAccount[] => {
      const own = read.filter(({ path }) => hostInPath({ file: path }, named) === host);
      return own.length > 0 ? own : read;
    };
    const without = hosts.filter(
      (host) =>
        !of(host).some(
          (file) => isOfKind(kind, file) || (kind.isOfLogins === true && withLogins.has(file.path)),
        ),
    );
    return without.length === 0 ? [] : [kind.title.replace('HOST', namedOf(without))];
  });
}

/** Machines of which a log is missing; of many the number says enough. */
const namedOf = (hosts: readonly string[]): string =>
  hosts.length <= MOST_HOSTS ? hosts.join(' and ') : `${hosts[0]} and ${hosts.length - 1} more`;
const MOST_HOSTS = 2;

/** Commands are run on machines. */
const isOnMachine = ({ finding }: Fact): boolean =>
  finding.entities['process.command_line'] !== undefined;

function needsOf(facts: readonly Fact[]): Set<Need> {
  const needs = new Set<Need>();
  const isPerson = ({ account }: Fact): boolean => account?.includes('@') === true;
  const inside = facts.filter(({ isInside }) => isInside);
  if (inside.some((fact) => isPerson(fact) && fact.host === undefined && !isOnMachine(fact))) {
    needs.add('person');
    needs.add('account');
  }
  for (const { finding, isInside, host } of facts) {
    const { entities, rule } = finding;
    if (entities['url.path'] !== undefined) needs.add('web');
    if (isInside && host !== undefined) needs.add('host');
    const commands = entities['process.command_line'] ?? [];
    if (commands.some((command) => DATABASE_TOOL.test(command))) needs.add('database');
    if (commands.some((command) => CLUSTER_KEYS.test(command))) needs.add('cluster');
    const isCloud = entities['cloud.account.id'] !== undefined;
    const hasKeys = commands.some((command) => CLOUD_KEYS.test(command));
    if (isCloud || (hasKeys && rule.tactics.includes('credential-access'))) needs.add('cloud');
  }
  return needs;
}
