/** The text of a format file that is proposed, with the events that its samples give. */
import { isSkip } from '../../events/event.ts';
import { rfc3339 } from '../../events/rfc3339.ts';
import { createClock } from '../clock.ts';
import { isImplied } from '../pattern/check-sample.ts';
import { lineFormat } from '../pattern/declared-format.ts';
import { type ReadFormat, readFormatFile } from '../pattern/format-file.ts';

/** What is written. */
export interface Proposal {
  name: string;
  title: string;
  /** Comment lines at the top. */
  remarks: readonly string[];
  pattern: string;
  keys: Readonly<Record<string, string>>;
  continues: boolean;
  /** Lines from which samples are taken. */
  examples: readonly string[];
  /** Further top-level text, such as phrases of a bundled format. */
  more?: string;
}

/** A file that was proposed. */
export interface Written {
  text: string;
  /** Of the lines that were given, how many the format reads. */
  read: number;
  problems: ReadFormat['problems'];
}

const MOST_SAMPLES = 3;
const PATH = 'proposal.yml';

/** Writes the file, reads it, and adds what the samples give. */
export function writeFormat(proposal: Proposal): Written {
  const { examples } = proposal;
  const draft = readFormatFile(textOf(proposal, [[examples[0] ?? '', '{}']]), PATH);
  if (draft.document === undefined)
    return { text: textOf(proposal, []), read: 0, problems: draft.problems };
  const format = lineFormat(draft.document);
  const read = examples.filter((line) => format.detect(line));
  const samples = read.slice(0, MOST_SAMPLES).flatMap((line): [string, string][] => {
    const event = format.parse(line, createClock({ zone: 'UTC', firstYear: 2026 }));
    if (isSkip(event)) return [];
    const fields = Object.entries(event).filter(
      ([field, value]) => value !== undefined && !isImplied(field),
    );
    const time: [string, unknown][] =
      event.timeUs === undefined
        ? []
        : [['time', rfc3339(event.timeUs).replace(/\.(\d{3})Z$/, '.$1000Z')]];
    const said = [...time, ...fields].map(([field, value]) => `${field}: ${JSON.stringify(value)}`);
    return [[line, `{ ${said.join(', ')} }`]];
  });
  return { text: textOf(proposal, samples), read: read.length, problems: [] };
}

function textOf(
  { name, title, remarks, pattern, keys, continues, more = '' }: Proposal,
  samples: readonly (readonly [line: string, expect: string])[],
): string {
  const known = Object.entries(keys).map(([key, field]) => `${key}: ${field}`);
  return [
    ...remarks.map((remark) => `# ${remark.replace(/\s+/g, ' ')}`),
    `name: ${name}`,
    `title: ${quote(title)}`,
    '# Where the format is described.',
    'url: https://example.com/',
    `lines: ${quote(pattern)}`,
    ...(known.length === 0 ? [] : [`keys: { ${known.join(', ')} }`]),
    ...(continues ? ['continues: indented'] : []),
    ...(more === '' ? [] : [more.trimEnd()]),
    'samples:',
    ...samples.map(([line, expect]) => `  - lines: ${quote(line)}\n    expect: ${expect}`),
    '',
  ].join('\n');
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
