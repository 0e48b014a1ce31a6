/** A harmless value for every variable of a playbook: nothing of that name exists on any machine. */
import { madeUpValue } from '../../src/respond/made-up-values.ts';
import type { Playbook } from '../../src/respond/playbook.ts';

export const sampleValues = (playbook: Playbook): Record<string, string> =>
  Object.fromEntries(
    playbook.variables.map((variable) => [
      variable.name,
      variable.name === 'web_user' ? 'nobody' : madeUpValue(variable),
    ]),
  );
