import type { ClockShowResult } from '../../commands/clock-show.ts';
import { showInstant, wrap, wrapAfter } from '../layout.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

const LABEL = 12;

/** How a clock and its draft are shown. */
export const view: View<ClockShowResult> = {
  text(result, style) {
    const { draft, advice } = result;
    const lines = draft === undefined ? facts(result, style) : draftLines(result, style);
    return `${[...lines, '', ...wrap(advice, style.width)].join('\n')}\n`;
  },
  json: withNulls,
  md(result) {
    const { draft, clock, duty, advice } = result;
    const title = draft?.title ?? clock?.title ?? duty?.title ?? '';
    const items = draft?.items ?? (duty?.content ?? []).map(({ text }) => ({ text, known: [] }));
    return [
      `# ${escaped(title)}`,
      '',
      ...(duty === undefined ? [] : [`To: ${escaped(duty.recipient)}. ${escaped(duty.cite)}.`, '']),
      ...(clock === undefined || clock.isAtOnce ? [] : [`Due: ${clock.dueAt}`, '']),
      ...items.flatMap(({ text, known }) => [
        `## ${escaped(text)}`,
        '',
        ...(known.length === 0 ? ['(to be said)'] : known.map((one) => `- ${escaped(one)}`)),
        '',
      ]),
      escaped(advice),
      '',
    ].join('\n');
  },
};

const AGAINST = {
  text: 'the wording was read',
  report: 'not the wording, what others write of it',
  nothing: 'nothing could be opened, read the law itself',
} as const;

const escaped = (text: string): string => neutraliseLine(text).replace(/[\\`*_[\]<>|#~]/g, '\\$&');

function facts({ clock, duty, regulation }: ClockShowResult, style: Style): string[] {
  const at = (instant: string): string => showInstant(instant, style.offsetAt);
  const rows: [string, string | undefined][] = [
    ['Clock', clock && `${clock.number} ${clock.rule}: ${clock.countdown}`],
    ['Due', clock && (clock.isAtOnce ? 'without delay' : at(clock.dueAt))],
    ['Counted', clock && `from ${clock.trigger}, ${at(clock.triggeredAt)}`],
    ...Object.entries(clock?.stamps ?? {}).map(([name, time]): [string, string] => [
      '',
      `and ${name}, ${at(time)}`,
    ]),
    [
      'Place',
      clock?.zone &&
        `days of ${clock.zone}, ${clock.country ? `holidays of ${clock.country}` : 'no holidays'}`,
    ],
    [
      'Settled',
      clock?.settled &&
        `${clock.settled.outcome} ${at(clock.settled.at)}${clock.settled.to ? ` to ${clock.settled.to}` : ''}${clock.settled.reference ? `, ${clock.settled.reference}` : ''}`,
    ],
    ['Because', clock?.settled?.reason || clock?.withdrawn?.reason || clock?.reason || undefined],
    ['Duty', duty?.title ?? clock?.title],
    ['Time', duty?.time],
    ['To', duty?.recipient ?? clock?.recipient],
    ['Law', duty?.cite ?? clock?.cite],
    ['Text', regulation?.url],
    [
      'Status',
      regulation &&
        (regulation.since === ''
          ? regulation.status
          : `${regulation.status.replaceAll('_', ' ')} since ${regulation.since}; as of ${regulation.asOf}`),
    ],
    ['Applies', regulation?.applies],
    ['Late', duty?.late],
    ...(duty?.exceptions ?? []).map((text, index): [string, string] => [
      index === 0 ? 'Not where' : '',
      text,
    ]),
    ['Note', regulation?.note || undefined],
    ...(duty?.content ?? []).map(({ text }, index): [string, string] => [
      index === 0 ? 'Must hold' : '',
      `- ${text}`,
    ]),
    ...(regulation?.sources ?? []).map(({ cite, url }, index): [string, string] => [
      index === 0 ? 'Sources' : '',
      `${cite}: ${url}`,
    ]),
    ...(regulation?.checked ?? []).map(({ of, against, url }, index): [string, string] => [
      index === 0 ? 'Checked' : '',
      `${of}: ${AGAINST[against]}${url === undefined ? '' : ` at ${url}`}`,
    ]),
  ];
  return rows.flatMap(([label, text]) =>
    text === undefined || text === '' ? [] : [wrapAfter(label, text, style.width, LABEL)],
  );
}

function draftLines({ draft, duty, clock }: ClockShowResult, style: Style): string[] {
  return [
    style.paint.bold(`Draft: ${draft!.title}`),
    ...(duty === undefined ? [] : wrap(`To ${duty.recipient}, under ${duty.cite}.`, style.width)),
    ...(clock === undefined || clock.isAtOnce
      ? []
      : [`Due ${showInstant(clock.dueAt, style.offsetAt)}, ${clock.countdown}.`]),
    ...draft!.items.flatMap(({ text, known }, index) => [
      '',
      wrapAfter(`${index + 1}.`, text, style.width, 4),
      ...(known.length === 0
        ? ['    (to be said)']
        : known.map((one) => wrapAfter('', one, style.width, 4))),
    ]),
  ];
}
