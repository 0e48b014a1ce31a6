/** Makes a notice: facts of the case, redacted for the channel, through a template of `templates/notices/`. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledFolder, type Environment, ownFolder } from '../config.ts';
import type { ChannelSettings } from '../configuration/channels.ts';
import { fileFault } from '../errors.ts';
import { visible } from '../events/visible.ts';
import { canonicalJson } from '../incidents/canonical-json.ts';
import type { IncidentDetail } from '../incidents/incident-store.ts';
import type { Notice } from '../incidents/items.ts';
import type { EntryPayloads } from '../incidents/journal-entry.ts';
import { renderText } from '../reports/render-template.ts';
import type { Message } from './channel.ts';
import { DEFAULT_TLP, redact } from './redact.ts';

/** Something that is to be told, once for each channel. */
export interface Cause {
  event: string;
  /** The same whenever the same is seen. */
  key: string;
  /** What the templates may say beside how the case stands. */
  facts: Readonly<Record<string, string>>;
}

/** Names that every template may use; what a cause does not say is empty. */
const NAMES = [
  'say',
  'whom',
  'reason',
  'was',
  'what',
  'due',
  'since',
  'every',
  'countdown',
  'target',
  'level',
  'why',
  'last',
  'count',
  'lines',
  'todo',
  'number',
];
/** What may have several lines. */
const LINES = ['say', 'lines'];
const LONGEST_SUBJECT = 200;
const LONGEST_TEXT = 16_000;

const inLine = (text: string): string => visible(text.replace(/[\r\n\t]+/g, ' ')).trim();
const inLines = (text: string): string =>
  text.replace(/\r\n?/g, '\n').replaceAll('\t', ' ').split('\n').map(visible).join('\n').trim();

/** The payload of the entry that puts the notice into the outbox. @throws IrError (exit 3) for a broken template */
export function composeNotice(
  detail: IncidentDetail,
  { event, key, facts }: Cause,
  { name, settings }: { name: string; settings: ChannelSettings },
  who: { actor: string; now: Date; id: string; env: Environment },
): EntryPayloads['notice_queued'] {
  const { incident, head } = detail;
  const tlp = incident.facts.tlp ?? DEFAULT_TLP;
  const all = {
    ...Object.fromEntries(NAMES.map((one) => [one, ''])),
    ...{ incident: incident.key, title: incident.title, severity: incident.severity },
    ...{ phase: incident.phase, status: incident.status, tlp, head },
    ...{ by: who.actor, at: who.now.toISOString().replace(/\.\d+Z$/, 'Z') },
    ...facts,
  };
  const safe = Object.fromEntries(
    Object.entries(all).map(([one, value]) => [
      one,
      (LINES.includes(one) ? inLines : inLine)(value),
    ]),
  );
  const told = redact(
    safe,
    settings,
    tlp,
    incident.facts.codename && inLine(incident.facts.codename),
  );
  const { template, path } = readNotice(event, who.env);
  const [first = '', ...rest] = renderText(template, path, { ...told }).split('\n');
  const drill = incident.isDrill ? 'DRILL ' : '';
  const subject = short(`${drill}${incident.key} ${inLine(first)}`, LONGEST_SUBJECT);
  const body = short(inLines(rest.join('\n')).replace(/\n{3,}/g, '\n\n'), LONGEST_TEXT);
  const text = `${drill === '' ? '' : 'This is a drill.\n'}${body}\n\n${incident.key}, TLP:${tlp}, chain head ${head}\n`;
  const kept = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== ''));
  const message = { subject, text, facts: kept };
  const sha256 = createHash('sha256').update(canonicalJson(message)).digest('hex');
  const { audience } = settings;
  return {
    id: who.id,
    key: `${key}:${name}`,
    channel: name,
    audience,
    tlp,
    head,
    event,
    sha256,
    ...message,
  };
}

const short = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 3).replace(/[\ud800-\udbff]$/, '')}...` : text;

/** The user's own text for an event counts over the bundled one. */
function readNotice(event: string, env: Environment): { template: string; path: string } {
  const own = join(ownFolder(env, 'notices'), `${event}.txt`);
  const path = existsSync(own) ? own : join(bundledFolder('notices'), `${event}.txt`);
  try {
    return { template: readFileSync(path, 'utf8').replaceAll('\r\n', '\n'), path };
  } catch (error) {
    throw fileFault(error, 'template of notices', { path });
  }
}

/** What is sent of a notice in the outbox. */
export const messageOfNotice = (
  notice: Pick<Notice, 'id' | 'event' | 'subject' | 'text' | 'facts'> & { enteredAt?: string },
): Message => ({
  id: notice.id,
  event: notice.event ?? 'message',
  subject: notice.subject,
  text: notice.text ?? notice.subject,
  facts: notice.facts ?? {},
  at: notice.facts?.['at'] ?? notice.enteredAt ?? '',
});
