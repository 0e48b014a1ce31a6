/** What was taken from a machine, and what was not. */
import type { CollectResult } from '../../commands/collect.ts';
import { byteSize, durationText, plural } from '../../events/words.ts';
import type { ItemRecord } from '../../host/collect/collection-record.ts';
import { cell, keptLines } from '../check-text.ts';
import { csvRecord } from '../csv.ts';
import { wrap } from '../layout.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

/** How `ir collect` is shown. */
export const view: View<CollectResult> = {
  text(result, style) {
    const lines = result.head === null ? planLines(result, style) : takenLines(result, style);
    return `${lines.join('\n')}\n`;
  },
  json: withNulls,
  *jsonl({ records }) {
    for (const record of records) yield withNulls(record);
  },
  csv: ({ records }) =>
    [
      csvRecord([
        'item',
        'volatility',
        'started',
        'duration_ms',
        'exit_code',
        'failure',
        'path',
        'sha256',
        'bytes',
        'from',
      ]),
      ...records.flatMap(
        ({ item, volatility, startedAt, durationMs, exitCode, failure, files }) => {
          const start = [
            item,
            volatility,
            startedAt,
            durationMs,
            exitCode ?? undefined,
            failure ?? undefined,
          ];
          if (files.length === 0) return [csvRecord([...start, '', '', '', ''])];
          return files.map(({ path, sha256, bytes, from }) =>
            csvRecord([...start, path, sha256, bytes, from?.path]),
          );
        },
      ),
    ].join(''),
  md: ({ title, host, records }) =>
    `${[
      `## ${cell(title)}: ${cell(host)}`,
      '',
      '| Item | Files | Bytes | Exit code | Not taken |',
      '| --- | --- | --- | --- | --- |',
      ...records.map(
        ({ title: what, files, exitCode, failure }) =>
          `| ${cell(what)} | ${files.length} | ${bytesOf(files)} | ${exitCode ?? ''} | ${cell(failure ?? '')} |`,
      ),
    ].join('\n')}\n`,
};

const bytesOf = (files: ItemRecord['files']): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0);

function planLines({ title, planned, output }: CollectResult, style: Style): string[] {
  return [
    style.paint.bold(neutraliseLine(title)),
    ...planned.flatMap(({ title: what, volatility, source, needsRoot }, index) => {
      const how =
        source.kind === 'run'
          ? source.argv.join(' ')
          : source.kind === 'read'
            ? `read ${source.reader}`
            : source.globs.join(' ');
      return [
        ...wrap(
          `${index + 1}. ${what} (${volatility}${needsRoot ? ', needs root' : ''})`,
          style.width,
        ),
        ...wrap(how, style.width - 4).map((line) => style.paint.dim(`    ${line}`)),
      ];
    }),
    ...wrap(`Nothing was taken. It would go into ${output}.`, style.width),
  ];
}

function takenLines(result: CollectResult, style: Style): string[] {
  const { records, earlier, files, bytes, output, manifestSha256, kept, head } = result;
  const width = Math.max(...records.map(({ item }) => item.length)) + 2;
  const went = earlier === 0 ? '' : `, ${plural(earlier, 'item')} of them by an earlier run`;
  const missed = records.filter(({ failure }) => failure !== null).length;
  const root = head?.uid === 0 ? '' : ' It was not taken as root: what only root sees is missing.';
  return [
    ...records.flatMap((record) => itemLines(record, width, style)),
    '',
    ...wrap(
      `${plural(records.length, 'item')}${went}: ${plural(files, 'file')}, ${byteSize(bytes)} in ${output}; ${missed} not taken or not in full.${root}`,
      style.width,
    ),
    ...wrap(
      `Check it anywhere with: cd ${output} && sha256sum -c manifest-sha256.txt`,
      style.width,
    ),
    ...wrap(`SHA-256 of the manifest: ${manifestSha256 ?? ''}`, style.width),
    ...keptLines(kept, style),
  ];
}

function itemLines(
  { item, files, failure, exitCode, durationMs, leftOut, furtherLeftOut }: ItemRecord,
  width: number,
  style: Style,
): string[] {
  const left = leftOut.length + furtherLeftOut;
  const parts = [
    `${plural(files.length, 'file')}, ${byteSize(bytesOf(files))}, ${durationText(durationMs)}`,
    ...(exitCode === null || exitCode === 0 ? [] : [`exit code ${exitCode}`]),
    ...(left === 0 ? [] : [`${left} left out`]),
    ...(failure === null ? [] : [failure]),
  ];
  const lines = wrap(parts.join('; '), style.width - width);
  return lines.map((line, index) => {
    const name = (index === 0 ? item : '').padEnd(width);
    return `${name}${failure === null ? line : style.paint.yellow(line)}`;
  });
}
