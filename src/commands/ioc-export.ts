/** `ir ioc export` and `ir ioc extract`. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Finding } from '../detect/finding.ts';
import { recognise } from '../detect/indicators/indicator.ts';
import { EXIT, IrError, usageError } from '../errors.ts';
import { reasonOf } from '../logs/reason.ts';
import type { CommandContext } from './context.ts';
import { withIncident } from './incident-access.ts';
import { addValues, type FoundValue, type IocOptions } from './ioc.ts';
import { defanged, mispEvent, stixBundle } from './ioc-formats.ts';
import { incidentIndicators } from './ioc-of-incident.ts';
import type { ReceiptResult, TableResult } from './table-result.ts';

const FORMATS = ['text', 'csv', 'stix', 'misp'] as const;

/** What is written out. */
export interface IocExport {
  /** Lines of text; absent for documents. */
  lines?: readonly string[];
  document?: object;
}

/** The indicators that count, for others. @throws IrError (exit 2) for an unknown form, (exit 6) where there are none */
export async function exportIndicators(
  context: CommandContext,
  { as = 'text', defang = false }: { as?: string; defang?: boolean },
): Promise<IocExport> {
  const form = FORMATS.find((one) => one === as.toLowerCase());
  if (form === undefined) throw usageError(`--as: "${as}" is none of: ${FORMATS.join(', ')}`);
  const { key, items } = await incidentIndicators(context);
  const shown = (item: FoundValue): string =>
    defang ? defanged(item) : item.type === 'url' ? `http:${item.value}` : item.value;
  if (form === 'text') return { lines: items.map(shown) };
  if (form === 'csv') {
    const cell = (text = ''): string =>
      /[",\r\n]|^[=+\-@]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    const rows = items.map((item) =>
      [item.type, shown(item), item.tlp, item.firstSeen, item.source, item.comment]
        .map(cell)
        .join(','),
    );
    return { lines: ['type,value,tlp,first_seen,source,comment', ...rows] };
  }
  const name = `${key} ${items.at(-1)?.id ?? ''}`;
  return { document: form === 'stix' ? stixBundle(items, key, name) : mispEvent(items, key, name) };
}

/** Fields of findings whose values are worth to look for elsewhere. */
const FIELDS = ['source.ip', 'destination.ip', 'related.ip', 'url.domain', 'dns.question.name'];

/** Finds indicators in a text, or in what the saved findings are about; with `add` enters them. */
export async function extractIndicators(
  context: CommandContext,
  path: string | undefined,
  { add = false, ...options }: IocOptions & { add?: boolean },
  readStdin: () => Promise<string>,
): Promise<TableResult | ReceiptResult> {
  const values =
    path === undefined
      ? await withIncident(context, async (store, { id }) =>
          inFindings((await store.load(id)).findings),
        )
      : inText(path === '-' ? await readStdin() : readText(context, path));
  const source = path === undefined ? 'saved findings' : path === '-' ? 'standard input' : path;
  if (add) return addValues(context, values, { source, ...options });
  return {
    title: values.length === 0 ? `No indicator in ${source}.` : `Indicators in ${source}`,
    heads: ['Type', 'Value'],
    rows: values.map((one) => [one.type, defanged(one)]),
    notes: [],
    next:
      values.length === 0
        ? []
        : [
            {
              command: `ir ioc extract ${path ?? ''} --add`.replace('  ', ' '),
              shows: 'enters them',
            },
          ],
    documents: values.map((one) => ({ ...one, defanged: defanged(one) })),
    about: { source },
  };
}

function readText(context: CommandContext, path: string): string {
  try {
    return readFileSync(resolve(context.settings.cwd, path), 'utf8');
  } catch (error) {
    throw new IrError(`the text cannot be read: ${reasonOf(error)}`, {
      exit: EXIT.unreadableInput,
      source: { path },
      hint: 'Check the path and its permissions.',
    });
  }
}

function inFindings(findings: readonly Finding[]): FoundValue[] {
  const texts = findings
    .filter(({ level }) => level !== 'informational' && level !== 'low')
    .flatMap(({ entities }) =>
      FIELDS.flatMap((field) => (Object.hasOwn(entities, field) ? (entities[field] ?? []) : [])),
    );
  return valuesOf(texts);
}

/** The words of a text, without the marks around them. */
const inText = (text: string): FoundValue[] =>
  valuesOf(
    text
      .split(/[\s"'<>|;`]+/)
      .flatMap((word) => [word, ...word.split(/[,=]/)])
      .map((word) => word.replace(/^[({[]+(?!\.)|[)}\].,:!?]+$/g, '')),
  );

/** What looks like a file name is none: it ends as no name on the internet does. */
const FILE_NAME =
  /\.(?:php|html?|txt|log|js|ts|sh|py|exe|dll|json|ya?ml|xml|md|jpe?g|png|pdf|zip|gz|conf|cfg|service|local)$/i;

function valuesOf(texts: readonly string[]): FoundValue[] {
  const found = new Map<string, FoundValue>();
  for (const text of texts) {
    if (text.length < 4 || text.length > 2_000) continue;
    const one = recognise(text);
    if (one === undefined || (one.kind === 'domain' && FILE_NAME.test(one.value))) continue;
    found.set(`${one.kind} ${one.value}`, { type: one.kind, value: one.value });
  }
  return [...found.values()];
}
