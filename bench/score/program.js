// The built program's own modules, run on texts: what `ir timeline` finds and what `ir timeline --all` reads.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { analyse } from '../../dist/detect/analyse.js';
import { chooseRules } from '../../dist/detect/choose-rules.js';
import { streamEvents } from '../../dist/detect/event-stream.js';

const folder = mkdtempSync(join(tmpdir(), 'ir-score-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const optionsOf = ({ zone = 'UTC', reference = '2026-11-01T00:00:00Z' }) => ({
  cwd: folder,
  zone,
  env: { XDG_CONFIG_HOME: join(folder, 'none') },
  filter: {
    sinceUs: Number.NEGATIVE_INFINITY,
    untilUs: Number.POSITIVE_INFINITY,
    entities: [],
    grep: undefined,
  },
  level: 'informational',
  // Scores count every hit, not the acts that hits are folded into.
  isFolded: false,
  ruleNames: [],
  ruleFolders: [],
  referenceMs: Date.parse(reference),
  workers: 0,
  isHashed: false,
  stdin: (async function* nothing() {})(),
});

const placed = (text, index) => {
  const path = join(folder, `${index}.log`);
  writeFileSync(path, text);
  return path;
};

/** The events of each text, read as a file of its own: a map from line number to the event's document. */
export async function readTexts(texts, context = {}) {
  const paths = texts.map(placed);
  const read = texts.map(() => new Map());
  if (paths.length === 0) return read;
  const { events } = await streamEvents(paths, optionsOf(context));
  for await (const { file, line, event } of events) {
    read[Number(basename(file, '.log'))].set(line, event);
  }
  for (const path of paths) rmSync(path);
  return read;
}

/** All events of one file, in the order of its lines, and what became of its lines. */
export async function readFile(path, context = {}) {
  const stream = await streamEvents([path], { ...optionsOf(context), order: 'file' });
  const events = [];
  for await (const { line, event } of stream.events) events.push({ line, event });
  return { events, files: stream.files };
}

let rules;

/** The findings of a text read as a file of its own. */
export async function findIn(text, context = {}) {
  const options = optionsOf(context);
  rules ??= await chooseRules(options);
  const path = placed(text, 'findings');
  return (await analyse([path], options, rules)).findings;
}
