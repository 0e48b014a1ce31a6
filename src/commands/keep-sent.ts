/** Keeps what was sent to somebody as evidence. */
import { resolve } from 'node:path';
import { EXIT, IrError } from '../errors.ts';
import type { Incident } from '../incidents/incident.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import type { CommandContext } from './context.ts';
import { keepEvidence } from './evidence-keep.ts';

/** @param title what it is @throws IrError (exit 4) for a file that cannot be read */
export async function keepSent(
  context: CommandContext,
  store: IncidentStore,
  { id }: Pick<Incident, 'id'>,
  path: string,
  title: string,
): Promise<{ id: string; number: string }> {
  const file = {
    path: resolve(context.settings.cwd, path),
    title,
    origin: path,
    method: 'logical',
  };
  const { added, known, failed } = await keepEvidence(context, store, id, [file]);
  const [failure] = failed;
  if (failure !== undefined) {
    throw new IrError(`--file: ${failure.path} cannot be read: ${failure.reason}`, {
      exit: EXIT.unreadableInput,
      hint: 'Correct the path. Nothing was changed.',
    });
  }
  const { evidence } = await store.load(id);
  const kept = added[0] ?? evidence.find(({ evidenceNo }) => evidenceNo === known[0]?.evidenceNo);
  if (kept === undefined) throw new Error('what was kept is not in the case');
  return { id: kept.id, number: kept.evidenceNo };
}
