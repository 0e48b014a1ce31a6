/** What is known of the clock of each log. */
import type { ClockReport, SkewEstimate, SourceClock } from '../../detect/clock-report.ts';
import { rfc3339 } from '../../events/rfc3339.ts';
import { durationText, plural } from '../../events/words.ts';
import type { Stretch } from '../../logs/clock-tally.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';

const GAPS_SHOWN = 3;
/** Clocks that are nearer than this are told as one. */
const SAME_US = 1_000_000;

/** How `ir timeline --clock` is shown. */
export const view: View<ClockReport> = {
  text({ sources, skews, gapUs }, style) {
    const { paint } = style;
    const lines = sources.flatMap((source) => [...sourceLines(source, gapUs, style), '']);
    if (skews.length > 0) lines.push(paint.bold('Between logs'), ...skews.map(skewLine));
    else if (sources.length > 1) lines.push('No two logs tell of the same events.');
    return `${lines.join('\n').trimEnd()}\n`;
  },
  json: ({ sources, skews, gapUs }) => ({
    gap_seconds: gapUs / 1e6,
    sources: sources.map(sourceDocument),
    skews: skews.map(skewDocument),
  }),
  *jsonl({ sources, skews }) {
    for (const source of sources) yield { kind: 'source', ...sourceDocument(source) };
    for (const skew of skews) yield { kind: 'skew', ...skewDocument(skew) };
  },
};

function sourceLines(source: SourceClock, gapUs: number, { paint }: Style): string[] {
  const { path, format, events, fromUs, toUs, yearBasis, skewUs, host, hostBasis } = source;
  const { gaps, gapCount, backs, mostBack } = source;
  const lines = [
    `${paint.bold(neutraliseLine(path))}  ${format === '' ? 'no known format' : format}, ${plural(events, 'event')}`,
  ];
  const add = (word: string, text: string): void => {
    lines.push(`  ${word.padEnd(6)} ${text}`);
  };
  if (fromUs === undefined || toUs === undefined) {
    if (events > 0) add('span', 'no event has a time');
    return lines;
  }
  add('span', `${rfc3339(fromUs)} to ${rfc3339(toUs)} (${durationText(toMs(toUs - fromUs))})`);
  add('zone', zoneText(source));
  if (yearBasis !== undefined) add('year', YEAR_TEXT[yearBasis]);
  const sure = sureText(source);
  if (sure !== '') add('stamps', sure);
  if (skewUs !== 0)
    add('skew', `${skewUs > 0 ? '+' : ''}${durationText(toMs(skewUs))} added to every time`);
  if (host !== undefined)
    add('host', `${neutraliseLine(host)}, by ${HOST_TEXT[hostBasis ?? ''] ?? ''}`);
  if (gapCount > 0) {
    const longest = [...gaps].sort((a, b) => lengthOf(b) - lengthOf(a)).slice(0, GAPS_SHOWN);
    add('gaps', `${gapCount} longer than ${durationText(toMs(gapUs))}, the longest:`);
    for (const gap of longest)
      lines.push(
        `         ${rfc3339(gap.fromUs)} to ${rfc3339(gap.toUs)} (${durationText(toMs(lengthOf(gap)))})`,
      );
  }
  if (mostBack !== undefined)
    add(
      'back',
      `${plural(backs, 'stamp')} before the one above, by ${durationText(toMs(-lengthOf(mostBack)))} at most (${rfc3339(mostBack.fromUs)}, then ${rfc3339(mostBack.toUs)})`,
    );
  return lines;
}

const toMs = (us: number): number => Math.round(us / 1000);
const lengthOf = ({ fromUs, toUs }: Stretch): number => toUs - fromUs;

const YEAR_TEXT: Readonly<Record<NonNullable<SourceClock['yearBasis']>, string>> = {
  'reference-time': 'stamps have none; by --reference-time',
  'file-name': "stamps have none; by the date in the file's name and the stamps around",
  'file-date': "stamps have none; by the file's date, its rotated parts and the stamps around",
};
const HOST_TEXT: Readonly<Record<string, string>> = {
  option: '--host',
  'hostname-file': 'etc/hostname of its file system',
  folder: "the folder's name",
};

function zoneText({ zone, zoneBasis }: SourceClock): string {
  if (zoneBasis === 'named') return 'named in every stamp';
  return zoneBasis === 'given'
    ? `${zone}, by --tz`
    : `${zone}, assumed: some stamps name none (--tz)`;
}

/** What is unsure of stamps, beyond zone and year. */
function sureText({ confidences }: SourceClock): string {
  const words = ['after-file-date', 'zone-ambiguous', 'dst-gap', 'dst-overlap', 'none'] as const;
  return words
    .filter((word) => (confidences[word] ?? 0) > 0)
    .map((word) => `${confidences[word]} ${word === 'none' ? 'without a time' : word}`)
    .join(', ');
}

function skewLine({ path, other, aheadUs, agreeing, shared }: SkewEstimate): string {
  const by = `${agreeing} of ${plural(shared, 'shared event')}`;
  const [one, two] = [neutraliseLine(path), neutraliseLine(other)];
  if (Math.abs(aheadUs) < SAME_US)
    return `  ${one} and ${two} agree within ${durationText(toMs(Math.abs(aheadUs)))} (${by})`;
  const [late, early] = aheadUs > 0 ? [one, two] : [two, one];
  const apart = durationText(toMs(Math.abs(aheadUs)));
  return `  ${late} is ${apart} ahead of ${early} (${by}); if ${early} is right: --skew '${late}=-${(Math.abs(aheadUs) / 1e6).toFixed(3).replace(/\.?0+$/, '')}s'`;
}

const time = (us: number | undefined): string | undefined =>
  us === undefined ? undefined : rfc3339(us);
const stretch = ({ fromUs, toUs }: Stretch) => ({
  from: rfc3339(fromUs),
  to: rfc3339(toUs),
  seconds: (toUs - fromUs) / 1e6,
});

const sourceDocument = (source: SourceClock): Readonly<Record<string, unknown>> => ({
  path: source.path,
  format: source.format,
  events: source.events,
  from: time(source.fromUs),
  to: time(source.toUs),
  zone: source.zone,
  zone_basis: source.zoneBasis,
  year_basis: source.yearBasis,
  skew_seconds: source.skewUs / 1e6,
  host: source.host,
  host_basis: source.hostBasis,
  time_confidence: source.confidences,
  gap_count: source.gapCount,
  gaps: source.gaps.map(stretch),
  back_count: source.backs,
  most_back: source.mostBack === undefined ? undefined : stretch(source.mostBack),
});

const skewDocument = ({ path, other, aheadUs, agreeing, shared }: SkewEstimate) => ({
  path,
  other,
  ahead_seconds: aheadUs / 1e6,
  agreeing_events: agreeing,
  shared_events: shared,
});
