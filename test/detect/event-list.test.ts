/** Events by number: in the order of time over plain, packed and joined files, read where somebody looks, looked through, narrowed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readOptions } from '../../src/commands/timeline.ts';
import { type EventList, openEvents } from '../../src/detect/event-list.ts';
import { testContext } from '../commands/test-context.ts';

const folder = mkdtempSync(join(tmpdir(), 'ir-list-'));
/** More than one block of the file of places. */
const MANY = 9_000;
const stamp = (second: number): string =>
  new Date(Date.UTC(2026, 2, 1) + second * 1000).toISOString().replace('.000', '');
const line = (second: number, text: string): string => `${stamp(second)} web1 app[7]: ${text}\n`;
let events: EventList;

beforeAll(async () => {
  const even = Array.from({ length: MANY }, (_, at) => line(2 * at, `even ${at}`)).join('');
  writeFileSync(join(folder, 'a.log'), even);
  const odd = Array.from({ length: MANY }, (_, at) => line(2 * at + 1, `odd ${at} É`)).join('');
  writeFileSync(join(folder, 'b.log.gz'), gzipSync(odd));
  const context = testContext({ cwd: folder });
  events = await openEvents(['.'], { ...readOptions(context, { workers: '0' }), isHashed: false });
});
afterAll(async () => {
  await events?.close();
  rmSync(folder, { recursive: true, force: true });
});

it('stand in the order of time, whatever file they are of', () => {
  expect(events.count).toBe(2 * MANY);
  const numbers = [0, 1, 2, 4_095, 4_096, 8_191, 8_192, 17_999];
  for (const [index, { raw, timeUs }] of events.lines(numbers).entries()) {
    const number = numbers[index]!;
    const at = Math.floor(number / 2);
    expect(raw).toContain(number % 2 === 0 ? `even ${at}` : `odd ${at} É`);
    expect(timeUs).toBe((Date.UTC(2026, 2, 1) + number * 1000) * 1000);
  }
});
it('are numbered and parsed where one is looked at', () =>
  expect(events.event(8_193)).toMatchObject({ line: 4_097, event: { 'host.hostname': 'web1' } }));
it('are looked through in any case, and among those that were found', async () => {
  const found: number[] = [];
  const look = (text: string, among?: number[]): Promise<void> => {
    found.length = 0;
    const add = (more: readonly number[]): unknown => found.push(...more);
    return events.find(text, among, add, new AbortController().signal);
  };
  await look('odd 8999 é');
  expect(found).toEqual([17_999]);
  await look('even 1', [0, 2, 3]);
  expect(found).toEqual([2]);
  const ended = events.find('x', undefined, () => {}, AbortSignal.abort());
  await expect(ended).rejects.toThrow();
});
it('are those that are accepted', async () => {
  const options = readOptions(testContext({ cwd: folder }), { workers: '0' });
  const some = await openEvents(['a.log'], options, ({ timeUs = 0 }) => timeUs % 1e8 === 0);
  expect([some.count, some.lines([1])[0]?.raw.slice(-7)]).toEqual([180, 'even 50']);
  await some.close();
});
