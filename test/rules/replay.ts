/** Runs pieces of log text through the whole engine with all bundled rules, loaded once. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { type AnalyseOptions, analyse } from '../../src/detect/analyse.ts';
import { chooseRules, type RuleChoice } from '../../src/detect/choose-rules.ts';
import type { Finding, Timeline } from '../../src/detect/finding.ts';
import type { Geo } from '../../src/detect/geo/geo.ts';
import type { TestItem } from '../../src/detect/rule-tests.ts';
import { type Level, levelRank } from '../../src/events/level.ts';

const RULES = fileURLToPath(new URL('../../templates/rules', import.meta.url));

/** What the contract reads of a bundled Sigma document. */
export interface BundledDocument {
  file: string;
  title: string;
  id: string;
  name?: string;
  description?: string;
  level: Level;
  tags?: readonly string[];
  falsepositives?: readonly string[];
  logsource?: unknown;
  correlation?: { rules: readonly string[]; generate?: boolean };
  ir?: {
    entities?: readonly string[];
    tests?: { match?: readonly TestItem[]; no_match?: readonly TestItem[] };
  };
}

/** Every document below `templates/rules`, in the order of the files. */
export function bundledDocuments(): BundledDocument[] {
  const files = readdirSync(RULES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yml'))
    .sort();
  return files.flatMap((file) =>
    parseAllDocuments(readFileSync(join(RULES, file), 'utf8')).map(
      (document) => ({ file, ...(document.toJS() as object) }) as BundledDocument,
    ),
  );
}

export interface Replayer {
  choice: RuleChoice;
  /** Analyses a piece of log text as a file of its own. */
  text(text: string, geo?: Geo): Promise<Timeline>;
  /** Analyses files where they are. */
  files(paths: readonly string[]): Promise<Timeline>;
  close(): void;
}

/** Loads the bundled rules alone and analyses with them. */
export async function createReplayer(): Promise<Replayer> {
  const folder = mkdtempSync(join(tmpdir(), 'ir-rules-'));
  const options: AnalyseOptions = {
    cwd: folder,
    zone: 'UTC',
    env: { XDG_CONFIG_HOME: join(folder, 'none') },
    filter: {
      sinceUs: Number.NEGATIVE_INFINITY,
      untilUs: Number.POSITIVE_INFINITY,
      entities: [],
      grep: undefined,
    },
    level: 'informational',
    ruleNames: [],
    ruleFolders: [],
    referenceMs: Date.UTC(2026, 2, 20),
    workers: 0,
    stdin: (async function* nothing() {})(),
  };
  const choice = await chooseRules(options);
  let serial = 0;
  const files = (paths: readonly string[], geo?: Geo) =>
    analyse(paths, { ...options, geo }, choice);
  return {
    choice,
    files: (paths) => files(paths),
    text(text, geo) {
      serial += 1;
      const path = join(folder, `${serial}.log`);
      writeFileSync(path, text);
      return files([path], geo);
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Findings of at least this level. */
export const atLeast = (findings: readonly Finding[], level: Level): Finding[] =>
  findings.filter((finding) => levelRank(finding.level) >= levelRank(level));
