/** A harmless value for every variable of a playbook: nothing of that name exists on any machine. */
import { MADE_UP_BUILT_IN, madeUpValue } from '../../src/respond/made-up-values.ts';
import type { Playbook } from '../../src/respond/playbook.ts';

export const sampleValues = (playbook: Playbook): Record<string, string> => ({
  ...MADE_UP_BUILT_IN,
  ...Object.fromEntries(
    playbook.variables.map((variable) => [
      variable.name,
      variable.name === 'web_user' ? 'nobody' : madeUpValue(variable),
    ]),
  ),
});
