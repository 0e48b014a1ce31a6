/** The same hostile strings where no browser is needed: notes in every variant, tables for spreadsheets, terminals, paper. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import MarkdownIt from 'markdown-it';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addNote, type NoteResult } from '../../src/commands/add-note.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { report } from '../../src/commands/report.ts';
import { showIncident } from '../../src/commands/show-incident.ts';
import { NOTE_KINDS } from '../../src/incidents/incident.ts';
import {
  codeFence,
  codeSpan,
  escapeBlock,
  escapeInline,
} from '../../src/reports/markdown-escape.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { view as noteView } from '../../src/terminal/views/add-note.ts';
import { view as showView } from '../../src/terminal/views/show-incident.ts';
import { view as tableView } from '../../src/terminal/views/table.ts';
import { type TestContext, testContext } from '../commands/test-context.ts';
import { VARIANTS } from '../reports/finished-case.ts';
import { HOSTILE } from './hostile-strings.ts';

/** A reader that renders more than ours does: HTML, images, and links by themselves. */
const READER = new MarkdownIt({ html: true, linkify: true });
const UNSEEN =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]|\p{Bidi_Control}|\p{Default_Ignorable_Code_Point}/u;

/** What would act in Markdown, by its token; comments and links into the page itself do nothing. */
function activeIn(markdown: string): string[] {
  const tokens = READER.parse(markdown, {}).flatMap((token) => [token, ...(token.children ?? [])]);
  return tokens
    .filter(({ type }) => /^(?:html_|image|link_open)/.test(type))
    .filter(({ content }) => !/^<!--(?:(?!-->)[\s\S])*-->\s*$/.test(content))
    .filter((token) => !String(token.attrGet('href') ?? '').startsWith('#'))
    .map((token) => `${token.type} ${token.content || token.attrGet('href')}`);
}

/** Elements of a page that our pages do not have, and attributes that act. */
function activeOn(page: string): string[] {
  const body = page.replace(/^[\s\S]*?<body>/, '').replace(/<script[^>]*>[\s\S]*?<\/script>/g, '');
  const tags = body.match(/<[a-zA-Z!/?][^>]*>/g) ?? [];
  return tags.filter(
    (tag) =>
      /^<\/?(?:script|style|img|iframe|object|embed|link|base|meta|video|math|body .|textarea|!)/i.test(
        tag,
      ) ||
      /^[^"]*(?:"[^"]*"[^"]*)*\s(?:on\w+|style|src|srcdoc|action)\s*=/i.test(tag) ||
      /\shref="(?!#)/i.test(tag),
  );
}

let folder: string;
let context: TestContext;
const noted: NoteResult[] = [];
const noStdin = (): Promise<string> => Promise.reject(new Error('stdin was read'));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ir-hostile-'));
  context = testContext({ cwd: folder });
  await openIncident(context, { title: HOSTILE[4]!, description: HOSTILE.join('\n\n') });
  for (const kind of NOTE_KINDS)
    noted.push(await addNote(context, HOSTILE.join('\n\n'), { kind }, noStdin));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('notes', () => {
  it.each(VARIANTS)('%s: nothing in it acts, as Markdown or as a page', async (template) => {
    const { text } = await report(context, { template, record: false });
    expect(text).not.toMatch(UNSEEN);
    expect(activeIn(text)).toEqual([]);
    const pages = testContext({ cwd: folder, format: 'html' });
    const { text: page } = await report(pages, { template, record: false });
    expect(activeOn(page)).toEqual([]);
  });

  it('come into the post-mortem, every one of them', async () => {
    const { text } = await report(context, { record: false });
    for (const words of ['evil', 'constructor', 'HYPERLINK', 'OpenAction'])
      expect(text.split(words).length, words).toBeGreaterThan(NOTE_KINDS.length);
  });

  it('are shown on a terminal without a sequence that it obeys', async () => {
    const style = createStyle({ isTTY: true, columns: 80 }, 'never', {});
    expect(noted.length).toBe(NOTE_KINDS.length);
    for (const one of noted) expect(noteView.text(one, style)).not.toMatch(UNSEEN);
    expect(showView.text(await showIncident(context), style)).not.toMatch(UNSEEN);
  });
});

describe('each alone', () => {
  it('would be seen if it came through', () => {
    expect(HOSTILE.filter((text) => activeIn(text).length > 0).length).toBeGreaterThan(70);
    expect(HOSTILE.filter((text) => activeOn(`<body>${text}`).length > 0).length).toBeGreaterThan(
      40,
    );
  });

  it('is inert in every place that a template has for text', () => {
    const made = { escapeBlock, escapeInline, codeSpan, codeFence };
    for (const [name, make] of Object.entries(made))
      for (const text of HOSTILE) {
        expect(activeIn(make(text)), `${name} ${text}`).toEqual([]);
        expect(make(text), `${name} ${text}`).not.toMatch(UNSEEN);
      }
  });

  it('is a value in a spreadsheet, in one cell of one row, and no formula', () => {
    const rows = HOSTILE.map((text) => [text, 'after']);
    const csv = tableView.csv!({
      ...{ title: '', heads: ['text', 'next'], rows, notes: [], next: [] },
    } as never) as string;
    const records = [...csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*)),after\r\n/g)];
    expect(records.length).toBe(HOSTILE.length);
    for (const [record, quoted, bare] of records)
      expect(quoted ?? bare, record).not.toMatch(/^[\s"]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/);
  });

  it('is one row of a table on a terminal', () => {
    const style = createStyle({ isTTY: true, columns: 80 }, 'never', {});
    const rows = HOSTILE.map((text) => [text, 'after']);
    const table = { title: 't', heads: ['text', 'next'], rows, notes: [], next: [] };
    const text = tableView.text(table as never, style) as string;
    expect(text).not.toMatch(UNSEEN);
    expect(text.match(/after$/gm)).toHaveLength(HOSTILE.length);
  });
});
