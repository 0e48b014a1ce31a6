/**
 * Requests that a generator writes: nine of ten attacks of each class are found, however they are disguised, and of
 * ten thousand ordinary ones none is accused.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Timeline } from '../../src/detect/finding.ts';
import { atLeast, createReplayer, type Replayer } from './replay.ts';
import {
  attackRequests,
  type MadeRequest,
  ordinaryRequests,
  writtenRequests,
} from './requests/generate.ts';

let replayer: Replayer;
beforeAll(async () => {
  replayer = await createReplayer();
}, 60_000);
afterAll(() => replayer.close());

const textOf = (requests: readonly MadeRequest[]): string =>
  `${requests.map(({ line }) => line).join('\n')}\n`;

/** Rules of at least level medium by the address that they accuse. */
function accused({ findings }: Timeline): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { entities, rule } of atLeast(findings, 'medium')) {
    for (const address of entities['source.ip'] ?? []) {
      found.set(address, [...(found.get(address) ?? []), rule.title]);
    }
  }
  return found;
}

describe('requests written by hand', () => {
  it.each([
    ['written-attacks.tsv', true, 380],
    ['written-ordinary.txt', false, 290],
  ])('%s are accused: %s', async (file, isAttack, least) => {
    const requests = writtenRequests(file);
    expect(requests.length).toBeGreaterThan(least);
    const timeline = await replayer.text(textOf(requests));
    expect(timeline.files[0]).toMatchObject({ skipped: 0, parsed: requests.length });
    const found = accused(timeline);
    const wrong = requests.filter(({ address }) => found.has(address) !== isAttack);
    expect(
      wrong.map(({ address, attack, line }) => `${attack} ${line} ${found.get(address) ?? ''}`),
    ).toEqual([]);
  });
});

describe('requests made by a generator', () => {
  it('are found, nine of ten in each class of attack', async () => {
    const requests = attackRequests(200, 20260314);
    const timeline = await replayer.text(textOf(requests));
    expect(timeline.files[0]).toMatchObject({ skipped: 0, parsed: requests.length });
    const found = accused(timeline);
    const shares = new Map<
      string,
      { all: number; found: number; heldOut: number; foundHeldOut: number }
    >();
    const missed: string[] = [];
    for (const { attack, address, line, disguise, isHeldOut } of requests) {
      const share = shares.get(attack) ?? { all: 0, found: 0, heldOut: 0, foundHeldOut: 0 };
      shares.set(attack, share);
      const isFound = found.has(address);
      share.all += 1;
      if (isFound) share.found += 1;
      if (isHeldOut) share.heldOut += 1;
      if (isHeldOut && isFound) share.foundHeldOut += 1;
      if (!isFound) missed.push(`${attack} | ${disguise} | ${isHeldOut} | ${line}`);
    }
    const percent = (part: number, of: number): string =>
      of === 0 ? '-' : ((100 * part) / of).toFixed(0);
    process.stdout.write(
      `\nmade requests found, of the disguises held out\n${[...shares]
        .map(
          ([name, { all, found: hits, heldOut, foundHeldOut }]) =>
            `${name.padEnd(24)} ${percent(hits, all).padStart(4)} % ${percent(foundHeldOut, heldOut).padStart(4)} %`,
        )
        .join('\n')}\n`,
    );
    if (process.env['IR_SHOW_MISSED'] !== undefined) {
      process.stdout.write(`${missed.join('\n')}\n`);
    }
    const low = [...shares].filter(([, { all, found: hits }]) => hits / all < 0.9);
    expect(low.map(([name, { all, found: hits }]) => `${name}: ${hits} of ${all}`)).toEqual([]);
  }, 120_000);

  it('accuse nobody who only searches, writes and shops', async () => {
    const requests = ordinaryRequests(10_000, 20260315);
    const timeline = await replayer.text(textOf(requests));
    expect(timeline.files[0]).toMatchObject({ skipped: 0, parsed: requests.length });
    const found = accused(timeline);
    const wrong = requests.flatMap(({ address, line }) =>
      found.has(address) ? [`${found.get(address)?.join(', ')}: ${line.slice(0, 300)}`] : [],
    );
    if (process.env['IR_SHOW_MISSED'] !== undefined) {
      process.stdout.write(`${wrong.join('\n')}\n`);
    }
    expect(wrong.slice(0, 20)).toEqual([]);
  }, 120_000);
});
