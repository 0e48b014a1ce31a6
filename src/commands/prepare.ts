/** `ir prepare list|show|write|check`: configurations to start from, and what a given one lacks. */
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EXIT, IrError, messageOf, refusedError, suggestion, usageError } from '../errors.ts';
import { plural } from '../events/words.ts';
import { checkText, recognise } from '../prepare/check-text.ts';
import { filesOf, readTopics, type Topic } from '../prepare/topic.ts';
import type { CommandContext } from './context.ts';
import type { CommandOutcome } from './outcome.ts';
import type { ReceiptResult, TableResult } from './table-result.ts';
import { assertWritable, writeWhole } from './write-file.ts';

/** A configuration is no log: what is larger is refused. */
const LARGEST = 4 << 20;

/** All topics. */
export function listTopics(): TableResult {
  const topics = readTopics();
  return {
    title: 'Configurations to start from',
    heads: ['Topic', 'For', 'What'],
    rows: topics.map(({ id, group, title }) => [id, group, title]),
    notes: [],
    next: [{ command: 'ir prepare show nginx', shows: 'its files' }],
    documents: topics.map(({ folder: _, recognise: __, comment: ___, ...topic }) => topic),
    about: {},
  };
}

/** The files of a topic, with the way to try it. @throws IrError (exit 2) */
export function showTopic(id: string, options: { set?: readonly string[] }): string[] {
  const topic = findTopic(id);
  const { title, about, cites } = topic;
  const files = filesOf(topic, valuesOf(options.set));
  return [
    ...[`${title}`, '', about.trim(), ''],
    ...Object.entries(topic.variables).map(
      ([name, { default: value, about: what }]) => `  --set ${name}=${value}   ${what}`,
    ),
    ...['', 'Try it:', ...topic.try.map((line) => `  ${line}`)],
    ...['', 'See:', ...cites.map((line) => `  ${line}`)],
    ...files.flatMap(({ file, goes, text }) => [
      ...['', `==> ${file} (goes to ${goes})`, ''],
      ...text.trimEnd().split('\n'),
    ]),
  ];
}

/** Options of `ir prepare write`, as typed. */
export interface WriteOptions {
  set?: readonly string[];
  into?: string;
  force?: boolean;
}

/** Writes the files of a topic: none where one of them must not be written. @throws IrError (exit 2, 6) */
export async function writeTopic(
  context: CommandContext,
  id: string,
  options: WriteOptions,
): Promise<ReceiptResult> {
  const topic = findTopic(id);
  const into = options.into ?? '.';
  const files = filesOf(topic, valuesOf(options.set)).map((one) => ({
    ...one,
    target: {
      path: resolve(context.settings.cwd, into, one.file),
      shown: join(into, one.file),
      flag: '--into',
      isForced: options.force === true,
    },
  }));
  const allowed: boolean[] = [];
  for (const { target } of files) allowed.push(await assertWritable(context, target));
  for (const [index, { target, text }] of files.entries())
    await writeWhole(context, { ...target, isForced: allowed[index]! }, text);
  return {
    lines: [
      ...files.map(({ target, goes }) => [`Written: ${target.shown}, which goes to ${goes}`]),
      ['Try it:'],
      ...topic.try.map((line) => [`  ${line}`]),
    ],
    next: [],
    document: {
      topic: id,
      files: files.map(({ target, goes }) => ({ path: target.path, goes })),
      try: topic.try,
    },
  };
}

/** What a configuration lacks. @throws IrError: exit 2 where its kind is not known, 4 where it cannot be read */
export function checkConfiguration(
  context: CommandContext,
  file: string,
  options: { topic?: string },
): CommandOutcome<TableResult> {
  const text = readConfiguration(resolve(context.settings.cwd, file), file);
  const topic = options.topic === undefined ? recognised(file, text) : findTopic(options.topic);
  const checked = checkText(topic, text);
  const lacking = checked.filter(({ isMet }) => !isMet);
  const result: TableResult = {
    title:
      lacking.length === 0
        ? `${file} has what is looked for in ${topic.id}: ${plural(checked.length, 'check')}.`
        : `${file} (${topic.id}): ${lacking.length} of ${plural(checked.length, 'check')} not met.`,
    heads: ['Check', 'Result', 'What is missing or wrong'],
    rows: checked.map(({ check, isMet, line }) => [
      check.id,
      isMet ? 'met' : 'lacking',
      isMet ? '' : `${line === undefined ? '' : `line ${line}: `}${check.says}`,
    ]),
    notes: lacking.map(({ check }) => `${check.id}: ${check.advice}`),
    next: [{ command: `ir prepare show ${topic.id}`, shows: 'one that has it all' }],
    documents: checked.map(({ check, isMet, line }) => ({
      ...{ id: check.id, met: isMet, line: line ?? null },
      ...{ says: check.says, advice: check.advice },
    })),
    about: { file, topic: topic.id, cites: topic.cites },
  };
  if (lacking.length === 0) return { result };
  return {
    result,
    exit: EXIT.findings,
    reasons: () => [`${file}: ${lacking.map(({ check }) => check.id).join(', ')}`],
  };
}

function findTopic(id: string): Topic {
  const topics = readTopics();
  const topic = topics.find((one) => one.id === id.toLowerCase());
  if (topic !== undefined) return topic;
  throw usageError(
    `there is no topic "${id}"`,
    suggestion(
      id,
      topics.map((one) => one.id),
    ),
  );
}

function valuesOf(set: readonly string[] = []): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  for (const text of set) {
    const at = text.indexOf('=');
    if (at < 1) throw usageError(`--set: "${text}" is no name=value`);
    values[text.slice(0, at)] = text.slice(at + 1);
  }
  return values;
}

function readConfiguration(path: string, shown: string): string {
  let bytes: Buffer;
  try {
    const status = statSync(path);
    if (!status.isFile()) throw refusedError(`${shown} is no file`, 'Name a configuration file.');
    if (status.size > LARGEST)
      throw refusedError(
        `${shown} has ${status.size} bytes, and no configuration is that large`,
        'Name a configuration file; logs are judged by: ir audit',
      );
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof IrError) throw error;
    throw new IrError(`cannot read ${shown}: ${messageOf(error)}`, {
      exit: EXIT.unreadableInput,
      hint: 'Name a configuration file.',
      cause: error,
    });
  }
  if (bytes.includes(0)) throw refusedError(`${shown} is binary`, 'Name a configuration file.');
  return bytes.toString('utf8');
}

function recognised(file: string, text: string): Topic {
  const topics = readTopics();
  const [best, ...others] = recognise(topics, file, text);
  if (best !== undefined && others.length === 0) return best;
  const among = best === undefined ? topics : [best, ...others];
  throw usageError(
    best === undefined
      ? `${file}: what it configures is not known`
      : `${file} may be of several kinds`,
    `Say it with --topic: ${among.map(({ id }) => id).join(', ')}.`,
  );
}
