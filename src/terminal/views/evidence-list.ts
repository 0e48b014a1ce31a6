import type { EvidenceListResult } from '../../commands/evidence-list.ts';
import { grouped, plural } from '../../events/words.ts';
import { csvRecord } from '../csv.ts';
import { evidenceLine, holderText } from '../evidence-text.ts';
import { shorten, wrap } from '../layout.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

const COLUMNS = [
  ...['number', 'title', 'kept_as', 'bytes', 'sha256', 'host', 'origin', 'method', 'collected_at'],
  ...['added_by', 'holder', 'withdrawn'],
];

/** How `ir evidence list` is shown. */
export const view: View<EvidenceListResult> = {
  text({ incident, evidence, logs }, style) {
    if (evidence.length + logs.length === 0) {
      const hint = `No evidence in ${incident}. Add some with: ir evidence add PATH`;
      return `${wrap(hint, style.width).join('\n')}\n`;
    }
    const rows = evidence.flatMap((item) => [
      evidenceLine(item, style),
      ...(item.open === undefined
        ? []
        : wrap(holderText(item.holder, item.open), style.width - 7).map(
            (line) => `       ${line}`,
          )),
    ]);
    const registered = logs.map(({ evidenceNo, sizeBytes, sha256, path }) =>
      shorten(
        `${evidenceNo}  log file   ${grouped(sizeBytes)} bytes  ${sha256.slice(0, 12)}  ${path}`,
        style.width - 2,
        style,
      ),
    );
    const end = `${plural(evidence.length, 'piece', 'pieces')} of evidence${logs.length === 0 ? '' : `, ${plural(logs.length, 'log file')} of saved timelines that ${logs.length === 1 ? 'is' : 'are'} not kept`}`;
    return `${[...rows, ...registered, '', ...wrap(end, style.width)].join('\n')}\n`;
  },
  json: withNulls,
  jsonl: ({ evidence, logs }) => [...evidence, ...logs].map(withNulls),
  *csv({ evidence }) {
    yield csvRecord(COLUMNS);
    for (const item of evidence) {
      const { evidenceNo, title, keptAs, sizeBytes, sha256, host, origin, method } = item;
      yield csvRecord([
        ...[evidenceNo, title, keptAs, sizeBytes, sha256, host, origin ?? '', method],
        ...[item.collectedAt, item.actor, item.holder, item.withdrawn?.reason ?? ''],
      ]);
    }
  },
};
