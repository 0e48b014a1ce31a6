/** Parts of pages: nothing is markup but what the program wrote, and what the page carries is what it was given. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { allOf, decode, type Filter, select } from '../../src/pages/browser/columns.ts';
import { heatMap, hoursOf } from '../../src/pages/charts/heat-map.ts';
import { niceTop, timeTicks } from '../../src/pages/charts/scale.ts';
import { contentPolicy, pageText } from '../../src/pages/document.ts';
import { indexOf, itemData } from '../../src/pages/encode-items.ts';
import { explorer } from '../../src/pages/explorer.ts';
import { html, markupOf, type Part } from '../../src/pages/html.ts';
import type { ItemDetail, PageItem } from '../../src/pages/page-item.ts';

const START = Date.UTC(2026, 2, 1, 22) * 1000;
const item = (over: Partial<PageItem>): PageItem => ({
  ...{ number: 'F-01', side: 'attacker', atUs: START, untilUs: START, level: 'high', count: 1 },
  ...{ title: 'Login after guessing', tactics: ['initial-access'], techniques: ['T1110'] },
  ...{ entities: [['source.ip', '203.0.113.9']], source: 'auth.log', notes: [] },
  lines: [{ place: 'auth.log:1', text: 'Accepted password for root' }],
  ...over,
});

describe('markup', () => {
  const forged = JSON.parse('{"html":"<b>","__proto__":{"x":1},"length":0}') as Part;
  it.each<[string, Part, string]>([
    ['tags', '<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['quotes', `" ' \``, '&quot; &#39; &#96;'],
    ['entities', '&lt;', '&amp;lt;'],
    ['what is not seen', 'a\u202eb\u0000\u200b', 'a\\u{202e}b\\x00\\u{200b}'],
    ['lines', 'a\nb', 'a b'],
    ['lists', ['<', html`<b>`], '&lt;<b>'],
    ['nothing', [null, undefined, false, ''], ''],
    ['numbers', 7, '7'],
  ])('%s', (_, part, expected) => expect(markupOf(html`${part}`)).toBe(expected));

  it('cannot be forged by data', () => expect(() => markupOf(html`${forged}`)).toThrow());
});

describe('a page', () => {
  it('lets run what the program put in, and nothing else', () => {
    const text = [
      ...pageText({ title: '</title><script>', style: 'a{}', script: 'go()', body: '<i>' }),
    ].join('');
    const hash = createHash('sha256').update('go()').digest('base64');
    expect(text).toContain(`script-src &#39;sha256-${hash}&#39;`);
    expect(text).toContain('<title>&lt;/title&gt;&lt;script&gt;</title>');
    expect(text.match(/<script/g)).toHaveLength(1);
    expect(contentPolicy('', '')).toMatch(
      /^default-src 'none'; style-src 'none'; script-src 'none'; connect-src 'none'/,
    );
  });

  it('carries data that cannot end its element', () => {
    const data = [['x', JSON.stringify('</script><!--\u2028')]] as const;
    const text = [...pageText({ title: '', style: '', script: '', body: null, data })].join('');
    const inside = /id="x">(.*)<\/script>/.exec(text)?.[1] ?? '';
    expect(inside).not.toMatch(/[<>\u2028]/);
    expect(JSON.parse(inside)).toBe('</script><!--\u2028');
  });

  it('refuses a script that would end itself', () => {
    const parts = { title: '', style: '', script: '"</script>"', body: null };
    expect(() => [...pageText(parts)]).toThrow('ends itself');
  });
});

describe('rows', () => {
  const items = [
    item({}),
    item({ atUs: START + 1_000_000, untilUs: START + 9_000_000, level: 'low', source: 'web.log' }),
    item({
      number: 'F-03',
      atUs: undefined,
      untilUs: undefined,
      level: undefined,
      side: 'responder',
      techniques: [],
    }),
    item({
      atUs: START + 60_000_000,
      entities: [['user.name', 'Root']],
      lines: [{ place: 'x:1', text: 'DROP table' }],
    }),
  ];
  const columns = decode(indexOf(items));
  columns.raws[3] = 'drop table';

  it('come out as they went in', () => {
    const parts = new Map(itemData(items));
    const open = (id: string): unknown =>
      JSON.parse(
        gunzipSync(Buffer.from(JSON.parse(parts.get(id)!) as string, 'base64')).toString('utf8'),
      );
    expect(decode(open('items') as never)).toEqual({ ...columns, raws: Array(4).fill(undefined) });
    const details = open('block-0') as ItemDetail[];
    expect(details.map(({ number, lines }) => [number, lines])).toEqual(
      items.map(({ number, lines }) => [number, lines]),
    );
    expect([...columns.at]).toEqual([START, START + 1_000_000, Number.NaN, START + 60_000_000]);
    expect(columns.until[1]).toBe(START + 9_000_000);
  });

  it.each<[string, Partial<Filter>, number[]]>([
    ['no filter leaves all', {}, [0, 1, 2, 3]],
    ['a time', { fromUs: START + 5_000_000 }, [1, 3]],
    ['a stretch', { fromUs: START, toUs: START + 500_000 }, [0]],
    ['levels', { ranks: new Set([1, 9]) }, [1, 2]],
    ['text of a title, any case', { text: 'GUESSING' }, [0, 1, 2, 3]],
    ['text of a line', { text: 'drop t' }, [3]],
    ['text of a source', { text: 'web.' }, [1]],
    ['an entity', { entity: 'root' }, [3]],
    ['part of one', { entity: '203.0' }, [0, 1, 2]],
    ['a source', { source: 1 }, [1]],
    ['a technique', { technique: 0 }, [0, 1, 3]],
    ['all together', { technique: 0, text: 'drop', ranks: new Set([0]) }, []],
  ])('filtered by %s', (_, filter, rows) =>
    expect([...select(columns, { ...allOf(), ...filter })]).toEqual(rows),
  );

  it('without a script: the first thousand, and how many more', () => {
    const many = Array.from({ length: 2_345 }, () => item({}));
    const text = markupOf(explorer({ items: many, laneBy: 'side' }));
    expect(text.match(/<tr data-row=/g)).toHaveLength(1_000);
    expect(text).toContain('The first 1,000 of 2,345 rows; the other 1,345 show with JavaScript.');
    expect(text).toMatch(/<form id="filters"[^>]* hidden/);
  });

  it('none at all', () =>
    expect(markupOf(explorer({ items: [], laneBy: 'side' }))).toContain(
      'Nothing here has a time.',
    ));
});

describe('charts', () => {
  it('ticks lie in the span, on whole steps', () => {
    const ticks = timeTicks(START, START + 86_400_000_000, 8);
    expect(ticks.length).toBeGreaterThan(3);
    expect(ticks.every(({ atUs }) => atUs >= START && atUs % 10_800_000_000 === 0)).toBe(true);
  });
  it.each([
    [0, 1],
    [3, 5],
    [11, 20],
    [99_999, 100_000],
  ])('%i reads up to %i', (most, top) => expect(niceTop(most)).toBe(top));
  it('know the day of the week', () => {
    // 2026-03-01 was a Sunday.
    expect(hoursOf([[START, 3]]).indexOf(3)).toBe(6 * 24 + 22);
    expect(markupOf(heatMap(hoursOf([[START, 3]]), 'Events'))).toContain(
      '<td class="heat-5">3</td>',
    );
  });
});
