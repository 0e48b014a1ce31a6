/** A CACAO 2.0 document as the raw data of a playbook: ours come back as they were, others as far as our words reach. Pure. */
import { EXIT, IrError } from '../../errors.ts';
import { EXTENSION, isObject, type Json, objectAt, textAt } from './cacao-document.ts';
import { type FromCacao, foreignPlaybook } from './foreign-playbook.ts';
import { orderedSteps } from './workflow.ts';

/** @throws IrError (exit 3) for what is no CACAO 2.0 playbook */
export function fromCacao(document: unknown): FromCacao {
  if (!isObject(document) || document['type'] !== 'playbook') {
    throw notCacao('the document is no CACAO playbook: its type is not "playbook"');
  }
  if (document['spec_version'] !== 'cacao-2.0') {
    const version = JSON.stringify(document['spec_version'] ?? null);
    throw notCacao(
      `the playbook is of version ${version.slice(0, 40)}, and only cacao-2.0 is read`,
    );
  }
  const ours = objectAt(objectAt(document, 'playbook_extensions'), EXTENSION);
  return textAt(ours, 'id') === '' ? foreignPlaybook(document) : ourPlaybook(document, ours);
}

const notCacao = (message: string): IrError =>
  new IrError(message, {
    exit: EXIT.invalidTemplate,
    hint: 'Give a playbook in CACAO 2.0 JSON, as ir playbook export writes it.',
  });

/** Ours: what stands in the extensions, in the order of the workflow. Texts that somebody changed since count. */
function ourPlaybook(document: Json, head: Json): FromCacao {
  const remarks: string[] = [];
  const phases: Record<string, Json[]> = {};
  for (const step of orderedSteps(document)) {
    const own = objectAt(objectAt(step, 'step_extensions'), EXTENSION);
    if (textAt(own, 'id') === '') {
      if (textAt(step, 'type') === 'action')
        remarks.push(`the step "${textAt(step, 'name')}" was added elsewhere and is left out`);
      continue;
    }
    const { phase, ...kept } = own;
    const changed = { title: textAt(step, 'name'), why: textAt(step, 'description') };
    for (const key of ['title', 'why'] as const) {
      if (changed[key] === '' || changed[key] === kept[key]) continue;
      remarks.push(
        `the ${key} of "${textAt(own, 'id')}" was changed elsewhere, and is taken as it is now`,
      );
      kept[key] = changed[key];
    }
    const list = (phases[String(phase)] ??= []);
    list.push(kept);
  }
  const title = textAt(document, 'name') || textAt(head, 'title');
  const summary = textAt(document, 'description') || textAt(head, 'summary');
  return { id: textAt(head, 'id'), data: { ...head, title, summary, phases }, remarks };
}
