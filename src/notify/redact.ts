/** What of a notice a channel may carry: by who reads it, and by the TLP of the incident. */
import type { ChannelSettings } from '../configuration/channels.ts';
import { type CaseFacts, TLPS } from '../incidents/incident.ts';
import { mask } from '../masking/mask.ts';

/** What is not said counts as that. */
export const DEFAULT_TLP = 'AMBER';

type Tlp = NonNullable<CaseFacts['tlp']>;

/** Is the first more confined than the second? */
export const isAbove = (tlp: Tlp, most: Tlp): boolean => TLPS.indexOf(tlp) > TLPS.indexOf(most);

/** Facts that name machines, people or what was done. */
const INNER = ['by', 'target', 'whom', 'reason', 'what', 'why', 'lines', 'todo'];
/** All that those outside are told by itself. */
const OUTER = [
  'incident',
  'severity',
  'phase',
  'was',
  'status',
  'at',
  'head',
  'tlp',
  'due',
  'since',
  'every',
  'countdown',
  'level',
  'last',
  'count',
  'number',
  'alert',
];
/** Written for this message, by somebody who knows who reads it. */
const WRITTEN = ['say'];

const WITHHELD = '(withheld)';

/**
 * The facts as the channel may carry them. The team reads all; those who decide read neither targets nor, in what was
 * written, addresses and keys; those outside, and any channel that the TLP is above, read only how the case stands, under its codename.
 */
export function redact(
  facts: Readonly<Record<string, string>>,
  { audience, tlp: most }: Pick<ChannelSettings, 'audience' | 'tlp'>,
  tlp: Tlp,
  codename: string | undefined,
): Record<string, string> {
  const isOver = isAbove(tlp, most);
  if (audience === 'team' && !isOver) return { ...facts };
  const isOutside = audience === 'outside' || isOver;
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]): [string, string] => {
      if (OUTER.includes(name) || value === '') return [name, value];
      if (name === 'title' && isOutside) return [name, codename ?? WITHHELD];
      if (WRITTEN.includes(name)) return [name, isOver ? WITHHELD : mask(value)];
      if (isOutside) return [name, WITHHELD];
      return [
        name,
        name === 'target'
          ? WITHHELD
          : INNER.includes(name) || name === 'title'
            ? mask(value)
            : value,
      ];
    }),
  );
}

/** Why it may not go that way; undefined where it may. */
export const refusal = (tlp: string, isEncrypted: boolean): string | undefined =>
  isEncrypted || tlp === 'CLEAR'
    ? undefined
    : `TLP:${tlp} does not go over a channel without encryption`;
