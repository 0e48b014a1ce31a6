/** `ir help TOPIC`: pages of the documentation that are worth reading in the terminal. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The topics, in the order in which help lists them. */
export const TOPICS = [
  {
    name: 'times',
    file: 'topics/times.md',
    about: 'how times are written, and in which zone they are read',
  },
  { name: 'levels', file: 'topics/levels.md', about: 'what informational to critical mean' },
  {
    name: 'formats',
    file: 'topics/formats.md',
    about: 'which logs are read, and what can be written',
  },
  { name: 'where', file: 'where.md', about: 'the language of --where: fields, operators, values' },
  {
    name: 'connectors',
    file: 'connectors.md',
    about: 'logs in other places: how they are written, and where credentials are looked for',
  },
  {
    name: 'team',
    file: 'team.md',
    about: 'one store for several responders, and stores that were apart',
  },
  { name: 'exit-codes', file: 'exit-codes.md', about: 'with which code commands end' },
  {
    name: 'environment',
    file: 'topics/environment.md',
    about: 'variables and folders that are looked at',
  },
  {
    name: 'security',
    file: 'topics/security.md',
    about: 'how logs, commands and the case are kept safe',
  },
] as const;

/** A topic as it is shown. */
export interface TopicResult {
  name: string;
  about: string;
  /** Markdown. */
  text: string;
}

/** Reads the page of a topic; undefined for other names. `exit codes` is `exit-codes` as well. */
export function topic(words: readonly string[]): TopicResult | undefined {
  const wanted = words.join('-').toLowerCase();
  const found = TOPICS.find(({ name }) => name === wanted);
  if (found === undefined) return undefined;
  return { name: found.name, about: found.about, text: readFileSync(pageOf(found.file), 'utf8') };
}

/** This file runs as dist/commands/topics.js and, bundled, elsewhere in dist. */
function pageOf(file: string): string {
  const found = ['../../docs/', '../docs/']
    .map((folder) => fileURLToPath(new URL(folder + file, import.meta.url)))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error(`docs/${file} is missing from the installation`);
  return found;
}
