import type { EvidenceVerifyResult } from '../../commands/evidence-verify.ts';
import { plural } from '../../events/words.ts';
import { wrap } from '../layout.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

const WORDS = { changed: 'CHANGED', missing: 'MISSING', unread: 'NOT READ' } as const;

/** How `ir evidence verify` is shown. */
export const view: View<EvidenceVerifyResult> = {
  text({ incident, isIntact, checked }, style) {
    const wrong = checked.flatMap(({ item, state, path, detail }) =>
      state === 'same' ? [] : [`${WORDS[state]}  ${item.evidenceNo} ${path}: ${detail}`],
    );
    const same = checked.length - wrong.length;
    const head = isIntact
      ? `${plural(same, 'piece', 'pieces')} of evidence of ${incident} ${same === 1 ? 'is' : 'are'} unchanged.`
      : `NOT INTACT: of ${plural(checked.length, 'piece', 'pieces')} of evidence of ${incident}, ${wrong.length} ${wrong.length === 1 ? 'is' : 'are'} not as taken.`;
    const lines = [head, ...wrong].flatMap((line) => wrap(line, style.width));
    return `${lines.join('\n')}\n`;
  },
  json: withNulls,
};
