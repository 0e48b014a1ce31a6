/** The texts of an event that the views of a request are made of: the search for literals looks at them, too. */
import type { Event } from '../../events/event.ts';
import type { FieldResolver } from '../../sigma/compiled-rule.ts';
import type { TextKind } from '../views/plain.ts';

/** Fields that are views: of the target, of what headers say. */
const FIELDS: Readonly<Record<TextKind, string>> = {
  target: 'ir.request.text',
  header: 'ir.header.text',
};

/** Makes the function that gives the texts of one kind. */
export function createViewTexts(
  resolve: FieldResolver,
): (event: Event, kind: TextKind) => readonly string[] {
  const readers = {
    target: resolve(FIELDS.target, {}).untransformed,
    header: resolve(FIELDS.header, {}).untransformed,
  };
  return (event, kind) =>
    [readers[kind]?.(event)].flat().filter((text): text is string => typeof text === 'string');
}
