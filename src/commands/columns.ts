/** `--columns`: the fields that are wanted of each row. */
import { put } from '../detect/ecs-document.ts';
import type { StreamedEvent } from '../detect/event-stream.ts';
import { FIELD_NAMES, fieldReader, isField, RECORD } from '../detect/where/fields.ts';
import { suggestion, usageError } from '../errors.ts';

/** What a row has besides the fields of an event: its place, and what a rule says of it. */
const OTHERS = [
  ...['log.file.path', 'log.offset', 'ir.line', 'rule.id', 'threat.technique.id'],
  ...['ir.id', 'ir.level', 'ir.first_seen', 'ir.last_seen', 'ir.count'],
];

/** Names of fields, separated by commas. @throws IrError (exit 2) for one that there is not */
export function readColumns(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) assertColumn(name);
  return names;
}

/** @throws IrError (exit 2) for a field that there is not */
export function assertColumn(name: string): void {
  const known = [...FIELD_NAMES, ...OTHERS];
  if (isField(name) || known.includes(name)) return;
  throw usageError(
    `there is no field "${name}"`,
    suggestion(name, known, 'docs/where.md lists them.'),
  );
}

/** Documents with what the source itself calls so, where that is wanted: they have ECS fields alone. */
export async function* withOwnNames(
  events: AsyncIterable<StreamedEvent>,
  columns: readonly string[] | undefined,
): AsyncGenerator<StreamedEvent> {
  const own = (columns ?? []).filter((name) => name.startsWith(RECORD));
  for await (const streamed of events) {
    if (own.length === 0) {
      yield streamed;
      continue;
    }
    const document = { ...streamed.document };
    for (const name of own) put(document, name, fieldReader(name)(streamed.event, streamed.raw));
    yield { ...streamed, document };
  }
}
