/** `ir ioc add|list|withdraw|import|export|sightings`: what is looked for in logs. */
import { resolve } from 'node:path';
import { recognise } from '../detect/indicators/indicator.ts';
import { problemLine, usageError } from '../errors.ts';
import { TLPS } from '../incidents/incident.ts';
import type { Author } from '../incidents/incident-rules.ts';
import { itemNumber } from '../incidents/items.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import { withdrawItem } from '../incidents/withdraw-item.ts';
import type { CommandContext } from './context.ts';
import { findItem } from './find-item.ts';
import { authorOf, readInstant, readWord, withIncident } from './incident-access.ts';
import { defanged } from './ioc-formats.ts';
import { standingIndicators } from './ioc-of-incident.ts';
import type { ReceiptResult, TableResult } from './table-result.ts';
import { entryBy } from './write-items.ts';

const INDICATORS = { letter: 'I', name: 'indicator', list: 'ir ioc list' };

/** Options that say something of indicators, as typed. */
export interface IocOptions {
  source?: string | undefined;
  tlp?: string | undefined;
  firstSeen?: string | undefined;
  lastSeen?: string | undefined;
  comment?: string | undefined;
  /** What the values are, where it cannot be seen: user agents. */
  type?: string | undefined;
}

/** Of many that were added, so many are named. */
const MOST_NAMED = 5;

/** A value and what it is. */
export interface FoundValue {
  type: string;
  value: string;
}

/** Adds indicators; one that is there already is not added again. */
export function addIndicators(
  context: CommandContext,
  written: readonly string[],
  options: IocOptions,
): Promise<ReceiptResult> {
  const values = written.map((text) => readValue(text, options.type));
  return addValues(context, values, { source: 'entered', ...options });
}

/** @throws IrError (exit 2) for what is no indicator */
function readValue(text: string, type: string | undefined): FoundValue {
  if (type === 'user-agent' && text.trim() !== '')
    return { type: 'user-agent', value: text.trim().toLowerCase() };
  const found = recognise(text);
  if (found !== undefined && (type === undefined || type === found.kind))
    return { type: found.kind, value: found.value };
  if (found !== undefined)
    throw usageError(`"${text}" is a ${found.kind}, no ${type}`, 'Leave out --type.');
  throw usageError(
    `"${text}" is no address, network, domain, URL, hash or mail address`,
    'A user agent is added with --type user-agent.',
  );
}

/** Adds the indicators of a list: text, CSV, STIX 2.1 or MISP JSON. What cannot be used is said. */
export async function importIndicators(
  context: CommandContext,
  path: string,
  options: IocOptions,
): Promise<ReceiptResult> {
  const { readIndicators } = await import('../detect/indicators/read-indicators.ts');
  const list = readIndicators(resolve(context.settings.cwd, path));
  for (const problem of list.problems) context.say(`Left out: ${problemLine(problem)}`);
  if (list.untold > 0) context.say(`Left out: ${list.untold} more of ${path}`);
  const values = [...list.indicators].map(({ kind, value }) => ({ type: kind, value }));
  return addValues(context, values, { source: path, ...options });
}

/** Enters values in one append, those that are known left out. */
export function addValues(
  context: CommandContext,
  values: readonly FoundValue[],
  options: IocOptions,
): Promise<ReceiptResult> {
  const tlp = readWord(options.tlp?.replace(/^TLP:/i, ''), TLPS, '--tlp');
  const firstSeen = readInstant(context, options.firstSeen, '--first-seen');
  const lastSeen = readInstant(context, options.lastSeen, '--last-seen');
  const facts = {
    source: options.source ?? 'entered',
    ...(tlp && { tlp }),
    ...(firstSeen && { firstSeen }),
    ...(lastSeen && { lastSeen }),
    ...(options.comment && { comment: options.comment }),
  };
  return withIncident(context, async (store, { id, key }) => {
    const keyOf = ({ type, value }: FoundValue): string => `${type} ${value}`;
    const standing = (await store.items(id, 'indicators')).filter(({ withdrawn }) => !withdrawn);
    const known = new Set(standing.map(keyOf));
    const fresh = [...new Map(values.map((one) => [keyOf(one), one])).values()].filter(
      (one) => !known.has(keyOf(one)),
    );
    const author = authorOf(context);
    const entries = fresh.map((one) =>
      entryBy(author, 'indicator_added', { id: context.randomId(), ...one, ...facts }),
    );
    if (entries.length > 0) await store.append(id, entries);
    const { head } = await store.load(id);
    const left = new Set(values.map(keyOf)).size - fresh.length;
    const there = left === 0 ? '' : `; ${left === 1 ? 'one was' : `${left} were`} there already`;
    return {
      lines: [
        [
          `${key}: ${fresh.length === 1 ? 'one indicator' : `${fresh.length} indicators`} added${there}.`,
        ],
        ...fresh.slice(0, MOST_NAMED).map((one) => [`  ${one.type} ${defanged(one)}`]),
        ...(fresh.length > MOST_NAMED
          ? [[`  and ${fresh.length - MOST_NAMED} more: ir ioc list`]]
          : []),
      ],
      next: [{ command: 'ir timeline PATHS --ioc incident', shows: 'looks for them in logs' }],
      document: { incident: key, added: fresh, known: left, head },
    };
  });
}

/** The indicators with how often each was seen; values are defanged for people. */
export const listIndicators = (
  context: CommandContext,
  { type }: { type?: string },
): Promise<TableResult> =>
  withIncident(context, async (store, { id, key }) => {
    const items = await store.items(id, 'indicators');
    const counts = new Map<string, number>();
    for (const { indicator, count } of await store.items(id, 'sightings'))
      counts.set(indicator, (counts.get(indicator) ?? 0) + count);
    const shown = items.filter((item) => type === undefined || item.type === type);
    return {
      title: shown.length === 0 ? `No indicator in ${key}.` : `Indicators of ${key}`,
      heads: ['Number', 'Type', 'Seen', 'TLP', 'Source', 'Value'],
      rows: shown.map((item) => [
        itemNumber('I', item),
        item.withdrawn === undefined
          ? item.type
          : `${item.type}, withdrawn: ${item.withdrawn.reason}`,
        counts.get(item.id) ?? 0,
        item.tlp,
        item.source,
        defanged(item),
      ]),
      notes: [],
      next:
        shown.length === 0
          ? [{ command: 'ir ioc extract --add', shows: 'those of the saved findings' }]
          : [],
      documents: shown.map((item) => ({
        number: itemNumber('I', item),
        ...item,
        defanged: defanged(item),
        seen: counts.get(item.id) ?? 0,
      })),
      about: { incident: key },
    };
  });

/** Takes an indicator back. */
export function withdrawIndicator(
  context: CommandContext,
  wanted: string,
  { reason = '' }: { reason?: string },
): Promise<ReceiptResult> {
  return withIncident(context, async (store, { id, key }) => {
    const items = await store.items(id, 'indicators');
    const value = recognise(wanted)?.value;
    const item =
      items.find((one) => one.value === value && one.withdrawn === undefined) ??
      findItem(items, wanted, INDICATORS);
    const number = itemNumber('I', item);
    const author: Author = authorOf(context);
    await store.append(id, [withdrawItem('indicator', item, number, reason, author)]);
    const { head } = await store.load(id);
    return {
      lines: [[`${key}: indicator ${number} (${defanged(item)}) is withdrawn.`]],
      next: [],
      document: { incident: key, indicator: item, head },
    };
  });
}

/** Looks for the incident's indicators in logs and records where they were seen; without paths, lists that. */
export async function sightings(
  context: CommandContext,
  paths: readonly string[],
): Promise<TableResult> {
  if (paths.length > 0) await lookFor(context, paths);
  return withIncident(context, async (store, { id, key }) => {
    const items = new Map((await store.items(id, 'indicators')).map((item) => [item.id, item]));
    const seen = await store.items(id, 'sightings');
    return {
      title: seen.length === 0 ? `No indicator of ${key} was seen.` : `Sightings in ${key}`,
      heads: ['Indicator', 'Value', 'At', 'Count', 'Where'],
      rows: seen.map((one) => {
        const item = items.get(one.indicator);
        return [
          item && itemNumber('I', item),
          item && defanged(item),
          { at: one.at },
          one.count,
          one.place,
        ];
      }),
      notes: [],
      next:
        seen.length === 0
          ? [{ command: 'ir ioc sightings /var/log', shows: 'looks for them in these logs' }]
          : [],
      documents: seen.map((one) => ({ ...one, value: items.get(one.indicator)?.value })),
      about: { incident: key },
    };
  });
}

async function lookFor(context: CommandContext, paths: readonly string[]): Promise<void> {
  const { analyse } = await import('../detect/analyse.ts');
  const { indicatorsOf, readOptions } = await import('./timeline.ts');
  const indicators = await indicatorsOf(context, { ioc: ['incident'] });
  const timeline = await analyse(paths, { ...readOptions(context, { rules: false }), indicators });
  context.progress('');
  await withIncident(context, async (store, { id }) => {
    const items = await standingIndicators(store, id);
    const known = new Set(
      (await store.items(id, 'sightings')).map(({ indicator, place }) => `${indicator} ${place}`),
    );
    const author = authorOf(context);
    const entries: NewEntry[] = [];
    for (const finding of timeline.findings) {
      const place = finding.evidence[0]?.file ?? '';
      for (const { kind, value } of finding.indicators ?? []) {
        const item = items.find((one) => one.type === kind && one.value === value);
        if (item === undefined || known.has(`${item.id} ${place}`)) continue;
        known.add(`${item.id} ${place}`);
        const at = new Date(finding.firstUs === undefined ? author.now : finding.firstUs / 1_000);
        const facts = { indicator: item.id, at: at.toISOString(), count: finding.count, place };
        entries.push(entryBy(author, 'indicator_sighted', facts));
      }
    }
    if (entries.length > 0) await store.append(id, entries);
  });
}
