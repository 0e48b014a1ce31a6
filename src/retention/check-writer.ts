/** What logrotate and journald forget, beside what the policy asks for. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lapse } from './check-source.ts';
import { keptDays, readLogrotate, type Stanza, stanzaDiff, stanzaOf } from './logrotate.ts';
import { mostDays } from './period.ts';
import type { Source } from './policy.ts';

/** The configuration of who writes logs on a machine. */
export interface Writers {
  stanzas: readonly Stanza[];
  /** Days after which journald forgets by time; undefined where no time is set. */
  journaldDays: number | undefined;
}

/** Reads it below a folder, `/` for this machine. What cannot be read is not there. */
export const readWriters = (root: string): Writers => ({
  stanzas: readLogrotate(logrotateFiles(root)),
  journaldDays: journaldDays(root),
});

/** `/etc/logrotate.conf` and what lies in `/etc/logrotate.d`. */
function logrotateFiles(root: string): { path: string; text: string }[] {
  const folder = join(root, 'etc/logrotate.d');
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return [join(root, 'etc/logrotate.conf'), ...names.map((name) => join(folder, name))].flatMap(
    (path) => {
      try {
        return [{ path, text: readFileSync(path, 'utf8') }];
      } catch {
        return [];
      }
    },
  );
}

/** What a source's writer deletes too early or too late, with the change of its configuration. */
export function checkWriter(
  source: Source,
  { stanzas, journaldDays: has }: Writers,
): { lapses: Lapse[]; diffs: string[] } {
  const { name, writer, window } = source;
  if (window.keep === undefined || writer === 'program') return { lapses: [], diffs: [] };
  const wanted = mostDays(window.keep);
  const by = window.atLeast?.by;
  if (writer === 'journald') {
    if (has === undefined || has >= wanted) return { lapses: [], diffs: [] };
    const next = 'ir retention plan --for journald';
    return {
      lapses: [
        {
          source: name,
          kind: 'deleted-early',
          seen: `journald keeps ${has} days, wanted ${wanted}`,
          by,
          next,
        },
      ],
      diffs: [],
    };
  }
  const stanza = stanzaOf(source, stanzas);
  if (stanza === undefined) return { lapses: [], diffs: [] };
  const days = keptDays(stanza);
  const most = window.atMost === undefined ? Infinity : mostDays(window.atMost.period);
  if (
    days === undefined
      ? most === Infinity
      : days >= mostDays(window.atLeast?.period ?? window.keep) && days <= most
  )
    return { lapses: [], diffs: [] };
  const kind = days !== undefined && days < wanted ? 'deleted-early' : 'too-old';
  const seen = `logrotate keeps ${days === undefined ? 'them without end' : `${Math.floor(days)} days`} (${stanza.path}:${stanza.from + 1}), wanted ${wanted}`;
  const diff = stanzaDiff(source, stanza, readFileSync(stanza.path, 'utf8'));
  return {
    lapses: [
      {
        source: name,
        kind,
        path: stanza.path,
        seen,
        by,
        next: `Apply the change of ${stanza.path} shown below.`,
      },
    ],
    diffs: [diff],
  };
}

/** Days after which journald forgets by time; undefined where no time is set. @see journald.conf(5) */
function journaldDays(root: string): number | undefined {
  const base = join(root, 'etc/systemd');
  const folder = join(base, 'journald.conf.d');
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  let days: number | undefined;
  for (const path of [join(base, 'journald.conf'), ...names.map((name) => join(folder, name))]) {
    if (!existsSync(path)) continue;
    const [, value] = /^\s*MaxRetentionSec\s*=\s*(\S.*)$/m.exec(readFileSync(path, 'utf8')) ?? [];
    if (value !== undefined) days = spanDays(value);
  }
  return days;
}

const UNIT_DAYS: Readonly<Record<string, number>> = {
  '': 1 / 86_400,
  s: 1 / 86_400,
  sec: 1 / 86_400,
  m: 1 / 1440,
  min: 1 / 1440,
  h: 1 / 24,
  hour: 1 / 24,
  d: 1,
  day: 1,
  w: 7,
  week: 7,
  M: 30,
  month: 30,
  y: 365,
  year: 365,
};

function spanDays(text: string): number | undefined {
  let days = 0;
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+)\s*([a-zA-Z]*)/g)) {
    const known = UNIT_DAYS[unit] ?? UNIT_DAYS[unit.replace(/s$/, '')];
    if (known === undefined) return undefined;
    days += Number(count) * known;
  }
  return days === 0 ? undefined : days;
}
