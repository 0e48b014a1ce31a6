/** Kinds of logs that would show more of a story and are not there. */

import { isOfKind, LOG_KINDS, type Need } from '../../logs/log-kinds.ts';
import type { FileAccount } from '../finding.ts';
import { enteredBy, type Fact, hostInPath } from './fact.ts';
import { touchedBy } from './touched.ts';

/** Files in which keys of a cloud account lie. */
const CLOUD_KEYS = /\/\.aws\/|\/\.azure\/|gcloud|\/\.boto|credentials\.json/;

/** Kinds of logs that are not among the files and would show more, named as part of a sentence. */
export function missingKinds(facts: readonly Fact[], files: readonly FileAccount[]): string[] {
  const needs = needsOf(facts);
  const hosts = [...new Set(enteredBy(facts).flatMap(({ host }) => host ?? []))];
  const named = new Set(hosts);
  const read = files.filter(({ lines }) => lines > 0);
  return LOG_KINDS.filter(({ need }) => needs.has(need)).flatMap((kind) => {
    if (kind.need !== 'host') return read.some((file) => isOfKind(kind, file)) ? [] : [kind.title];
    // What a firewall or a cloud network says is of every machine behind it.
    if (kind.isOfNetwork === true && read.some((file) => isOfKind(kind, file))) return [];
    const of = (host: string): readonly FileAccount[] => {
      const own = read.filter(({ path }) => hostInPath({ file: path }, named) === host);
      return own.length > 0 ? own : read;
    };
    const without = hosts.filter((host) => !of(host).some((file) => isOfKind(kind, file)));
    return without.slice(0, 1).map((host) => kind.title.replace('HOST', host));
  });
}

function needsOf(facts: readonly Fact[]): Set<Need> {
  const needs = new Set<Need>();
  for (const { finding, isInside, host } of facts) {
    const { entities, rule } = finding;
    if (entities['url.path'] !== undefined) needs.add('web');
    if (isInside && host !== undefined) needs.add('host');
    const commands = entities['process.command_line'] ?? [];
    if (commands.some((command) => touchedBy(command).tables.length > 0)) needs.add('database');
    const isCloud = entities['cloud.account.id'] !== undefined;
    const hasKeys = commands.some((command) => CLOUD_KEYS.test(command));
    if (isCloud || (hasKeys && rule.tactics.includes('credential-access'))) needs.add('cloud');
  }
  return needs;
}
