import type { EvidenceShowResult } from '../../commands/evidence-list.ts';
import { grouped } from '../../events/words.ts';
import { custodyText, holderText } from '../evidence-text.ts';
import { showInstant, wrap, wrapAfter } from '../layout.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

const LABEL = 12;

/** How `ir evidence show` is shown. */
export const view: View<EvidenceShowResult> = {
  text({ item, custody }, style) {
    const { evidenceNo, title, sha256, sizeBytes, keptAs, origin, method, tool, argv } = item;
    const row = (label: string, text: string | undefined): string[] =>
      text === undefined ? [] : [wrapAfter(label, text, style.width, LABEL)];
    const time = (instant: string): string => showInstant(instant, style.offsetAt);
    const { clockOffsetMs, covers, remarks = [], withdrawn, bag } = item;
    return `${[
      ...wrap(`${evidenceNo}  ${title}`, style.width),
      ...(withdrawn === undefined
        ? []
        : row('WITHDRAWN', `by ${withdrawn.actor} at ${time(withdrawn.at)}: ${withdrawn.reason}`)),
      ...row('SHA-256', sha256),
      ...row('Size', `${grouped(sizeBytes)} bytes`),
      ...row('From', `${item.host}:${origin ?? item.path}`),
      ...row('Kept', keptAs === 'copy' ? `a copy in the store, ${item.path}` : 'where it is'),
      ...row('Method', [method, ...(tool === undefined ? [] : [`with ${tool}`])].join(', ')),
      ...row('Command', argv?.map((word) => JSON.stringify(word)).join(' ')),
      ...row('Collected', `${time(item.collectedAt)}, entered by ${item.actor}`),
      ...row('Clock', clockOffsetMs === undefined ? undefined : clockText(clockOffsetMs)),
      ...row('Covers', covers && `${time(covers.from)} to ${time(covers.to)}`),
      ...row('Bag', bag && `it came in the bag ${bag}`),
      ...remarks.flatMap((remark) => row('Remark', remark)),
      ...row('Custody', holderText(item.holder, item.open)),
      ...custody.flatMap((event) => row('', custodyText(event, style))),
    ].join('\n')}\n`;
  },
  json: withNulls,
};

const clockText = (ms: number): string =>
  ms === 0
    ? 'right'
    : `${Math.abs(ms) / 1000} s ${ms > 0 ? 'ahead: its times are later than they were' : 'behind: its times are earlier than they were'}`;
