/** The steps of a CACAO workflow in the order in which they come up. Pure. */
import { isObject, type Json, objectAt, textAt } from './cacao-document.ts';

/** The steps of a workflow from its start, each once; branches before what comes after them. */
export function orderedSteps(document: Json): Json[] {
  const workflow = objectAt(document, 'workflow');
  const seen = new Set<string>();
  const found: Json[] = [];
  const open = [textAt(document, 'workflow_start')];
  while (open.length > 0) {
    const id = open.pop() as string;
    if (seen.has(id) || !Object.hasOwn(workflow, id)) continue;
    seen.add(id);
    const step = objectAt(workflow, id);
    found.push({ ...step, $id: id });
    open.push(...nextOf(step).reverse());
  }
  return found;
}

/** Where a step leads: its branches first, what comes after them last. */
export function nextOf(step: Json): string[] {
  const texts = (value: unknown): string[] =>
    typeof value === 'string'
      ? [value]
      : Array.isArray(value)
        ? value.flatMap(texts)
        : isObject(value)
          ? Object.values(value).flatMap(texts)
          : [];
  return [
    'on_true',
    'on_false',
    'next_steps',
    'cases',
    'on_success',
    'on_failure',
    'on_completion',
  ].flatMap((key) => texts(Object.hasOwn(step, key) ? step[key] : undefined));
}
