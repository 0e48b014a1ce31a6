import type { ExportedPlaybook } from '../../commands/playbook-exchange.ts';
import type { View } from '../view.ts';

/** A CACAO document, for other programs: JSON in every format. */
export const view: View<ExportedPlaybook> = {
  text: ({ document }) => `${JSON.stringify(document, null, 2)}\n`,
  json: ({ document }) => document,
};
