/** What every bundled rule must have, and its own tests replayed through the engine. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDocuments, ruleFolders } from '../../src/detect/load-rules.ts';
import { type TestItem, testsOf, textOf } from '../../src/detect/rule-tests.ts';
import { type BundledDocument, bundledDocuments, createReplayer, type Replayer } from './replay.ts';

const ATTACK = '../shared/data/mitre-attack/techniques.json';
const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const ADDRESS = /(?<![\d./-])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g;
/** Documentation, loopback, private and link-local ranges, and browser versions such as 131.0.0.0. */
const HARMLESS =
  /^(?:192\.0\.2|198\.51\.100|203\.0\.113|127\.\d+\.\d+|10\.\d+\.\d+|192\.168\.\d+|169\.254\.\d+|\d+\.0\.0)\./;

const documents = bundledDocuments();
const silent = silentDocuments();
const reporting = documents.filter((document) => !silent.has(document));

/** Members of correlations that do not ask for their members to be reported. */
function silentDocuments(): ReadonlySet<BundledDocument> {
  const members = new Set<string>();
  const heard = new Set<string>();
  for (const { correlation } of documents) {
    for (const name of correlation?.rules ?? []) {
      (correlation?.generate === true ? heard : members).add(name);
    }
  }
  return new Set(
    documents.filter(({ id, name }) =>
      [id, name].some((key) => key !== undefined && members.has(key) && !heard.has(key)),
    ),
  );
}

let replayer: Replayer;
beforeAll(async () => {
  replayer = await createReplayer();
}, 60_000);
afterAll(() => replayer.close());

describe('the set', () => {
  it('has rules to replay', () => {
    expect(reporting.length).toBeGreaterThanOrEqual(75);
  });

  it('loads without a problem', () => {
    expect(replayer.choice.problems).toEqual([]);
    expect(replayer.choice.documents).toHaveLength(documents.length);
  });

  // The build keeps no file ready of which something is said: every run would parse it.
  it('is worth no warning', async () => {
    expect((await loadDocuments(ruleFolders({}))).warnings).toEqual([]);
  });

  it('uses every id, name and title once', () => {
    for (const key of ['id', 'name', 'title'] as const) {
      const values = documents
        .map((document) => document[key])
        .filter((value) => value !== undefined);
      expect(new Set(values).size, key).toBe(values.length);
    }
  });

  it('tests nearly every line of an access log with four rules at most', () => {
    const bare = replayer.choice.ruleSet.rules.filter(
      ({ rule, literals }) => rule.logsource.category === 'webserver' && literals === undefined,
    );
    expect(bare.map(({ rule }) => rule.title).sort()).toEqual([
      'Path not found',
      'Server error',
      'Very large answer',
      'Web request',
    ]);
  });

  it('is described, tagged and tested', () => {
    for (const { title, id, description, falsepositives, ir, tags } of reporting) {
      expect(id, title).toMatch(UUID_V4);
      expect(description?.length ?? 0, `description of ${title}`).toBeGreaterThan(40);
      expect(falsepositives?.length ?? 0, `false positives of ${title}`).toBeGreaterThan(0);
      expect(ir?.entities?.length ?? 0, `entities of ${title}`).toBeGreaterThan(0);
      expect(
        tags?.some((tag) => /^attack\.t\d{4}/.test(tag)),
        `technique of ${title}`,
      ).toBe(true);
      expect(ir?.tests?.match?.length ?? 0, `matches of ${title}`).toBeGreaterThanOrEqual(1);
      expect(ir?.tests?.no_match?.length ?? 0, `near misses of ${title}`).toBeGreaterThanOrEqual(2);
    }
  });

  it('stands in the documentation, rule by rule', () => {
    const text = readFileSync('docs/rules.md', 'utf8');
    const missing = reporting.filter(
      ({ title, level }) => !text.includes(`| ${title} | ${level} |`),
    );
    expect(missing.map(({ title, level }) => `${title} (${level})`)).toEqual([]);
  });

  it('holds addresses for documentation only', () => {
    const texts = reporting
      .flatMap(({ ir }) => [...(ir?.tests?.match ?? []), ...(ir?.tests?.no_match ?? [])])
      .map((item) => (typeof item === 'string' ? item : item.line));
    const addresses = texts.flatMap((text) => text.match(ADDRESS) ?? []);
    expect([...new Set(addresses)].filter((address) => !HARMLESS.test(address))).toEqual([]);
  });
});

describe('the tests of', () => {
  it.each(reporting.map((document) => [`${document.file}: ${document.title}`, document] as const))(
    '%s',
    async (_, document) => {
      for (const item of document.ir?.tests?.match ?? []) {
        expect(await isReported(document, item), `must match:\n${excerpt(item)}`).toBe(true);
      }
      for (const item of document.ir?.tests?.no_match ?? []) {
        expect(await isReported(document, item), `must not match:\n${excerpt(item)}`).toBe(false);
      }
    },
    60_000,
  );
});

const excerpt = (item: TestItem): string => textOf(item).slice(0, 600);

async function isReported(document: BundledDocument, item: TestItem): Promise<boolean> {
  const { findings, files } = await replayer.text(
    textOf(item),
    testsOf({ custom: { ir: document.ir } } as never)?.geo,
  );
  // A line that no format reads would make every "must not match" pass.
  expect(files[0]?.skipped, `unread lines in:\n${excerpt(item)}`).toBe(0);
  expect(files[0]?.parsed ?? 0).toBeGreaterThan(0);
  return findings.some(({ rule }) => rule.id === document.id);
}

describe('ATT&CK', () => {
  if (!existsSync(ATTACK)) process.stderr.write(`skipped ATT&CK ids: ${ATTACK} is absent\n`);
  it.skipIf(!existsSync(ATTACK))(
    'knows every technique, and it serves the tactic named with it',
    () => {
      const { techniques } = JSON.parse(readFileSync(ATTACK, 'utf8')) as {
        techniques: { id: string; tactics: string[]; revoked: boolean; deprecated: boolean }[];
      };
      const tacticsOf = new Map(
        techniques
          .filter(({ revoked, deprecated }) => !revoked && !deprecated)
          .map(({ id, tactics }) => [id.toLowerCase(), tactics] as const),
      );
      for (const { title, tags = [] } of documents) {
        const ours = tags.filter((tag) => tag.startsWith('attack.')).map((tag) => tag.slice(7));
        const tactics = ours.filter((tag) => !/^t\d/.test(tag));
        const served = ours
          .filter((tag) => /^t\d/.test(tag))
          .map((tag) => [tag, tacticsOf.get(tag)] as const);
        for (const [technique, its] of served) {
          expect(its, `${title}: ${technique}`).toBeDefined();
          expect(
            its?.some((tactic) => tactics.includes(tactic)),
            `${title}: ${technique}`,
          ).toBe(true);
        }
        for (const tactic of tactics) {
          expect(
            served.some(([, its]) => its?.includes(tactic)),
            `${title}: ${tactic}`,
          ).toBe(true);
        }
      }
    },
  );
});
