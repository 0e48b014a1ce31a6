/** What to change so that it does not happen again, or is seen earlier: by kind, with the line that can be pasted. Facts of the case alone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReportModel } from './report-model.ts';
import type { GapItem, RecommendationItem } from './report-story.ts';
import { commandText } from './report-words.ts';

/** Advice that follows from techniques: a row of `templates/attack/recommendations.json`. */
export interface Advice {
  techniques: readonly string[];
  kind: RecommendationItem['kind'];
  text: string;
  ready: string;
}

/** Reads the advice that comes with the program. @param templates the bundled `templates` folder */
export const readAdvice = (templates: string): readonly Advice[] =>
  (
    JSON.parse(readFileSync(join(templates, 'attack', 'recommendations.json'), 'utf8')) as {
      advice: Advice[];
    }
  ).advice;

type Known = Pick<ReportModel, 'attack' | 'checklist' | 'clocks'>;

const KINDS = ['rule', 'configuration', 'policy', 'plan', 'training'] as const;
/** Addresses that one line blocks. */
const MOST_ADDRESSES = 20;

/** The recommendations, by kind. */
export function recommendations(
  known: Known,
  gap: readonly GapItem[],
  advice: readonly Advice[],
): RecommendationItem[] {
  const found = [
    ...gap.map(ruleFor),
    ...adviceFor(known, advice),
    ...blockLine(known),
    ...planFor(known),
  ];
  return KINDS.flatMap((kind) => found.filter((one) => one.kind === kind));
}

const ruleFor = ({ path, rule, finding, earlier }: GapItem): RecommendationItem => ({
  kind: 'rule',
  text: `Run the rule "${rule}" on ${path} as it grows.`,
  because: `${finding} stood there ${earlier} before it was detected`,
  // A name with line breaks is nothing to paste.
  ready: /\p{Cc}/u.test(path + rule) ? '' : commandText(['ir', 'watch', path, '--rule', rule]),
});

function adviceFor({ attack }: Known, advice: readonly Advice[]): RecommendationItem[] {
  return advice.flatMap(({ techniques, kind, text, ready }) => {
    const shown = attack.techniques.filter(({ id }) =>
      techniques.some((one) => id === one || id.startsWith(`${one}.`)),
    );
    if (shown.length === 0) return [];
    const because = shown.map(({ id, name, findings }) => `${name || id} (${findings.join(', ')})`);
    return [{ kind, text, ready, because: because.join('; ') }];
  });
}

/** The addresses of the attack as elements of the set that `ir act block-ip` keeps. */
function blockLine({ attack }: Known): RecommendationItem[] {
  const addresses = attack.indicators
    .filter(({ kind, value }) => kind === 'address' && /^\d{1,3}(?:\.\d{1,3}){3}$/.test(value))
    .slice(0, MOST_ADDRESSES);
  if (addresses.length === 0) return [];
  return [
    {
      kind: 'configuration',
      text: 'Keep the addresses of the attack out at the edge; leave out those of your own users.',
      because: [...new Set(addresses.flatMap(({ findings }) => findings))].slice(0, 10).join(', '),
      ready: `nft add element inet ir_block block_ip '{ ${addresses.map(({ value }) => value).join(', ')} }'`,
    },
  ];
}

function planFor({ checklist, clocks }: Known): RecommendationItem[] {
  const waived = checklist.flatMap(({ steps }) =>
    steps.filter(({ status, isRequired }) => status === 'waived' && isRequired),
  );
  const late = clocks.filter(({ state }) => state === 'overdue');
  return [
    ...waived.map(
      ({ title, reason }): RecommendationItem => ({
        kind: 'plan',
        text: `Make the step "${title}" possible, or take it out of the plan.`,
        because: `it was waived: ${reason}`,
        ready: '',
      }),
    ),
    ...late.map(
      ({ title, number }): RecommendationItem => ({
        kind: 'plan',
        text: `Say in the plan who keeps the deadline "${title}".`,
        because: `${number} ran out`,
        ready: '',
      }),
    ),
  ];
}
