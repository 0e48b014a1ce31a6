/** The clocks that contracts ask for: each is a regulation with one duty. */
import type { z as Zod } from 'zod';
import type { Regulation } from '../clocks/regulation.ts';
import { buildDutySchema, dutyOf } from '../clocks/regulation-file.ts';

/** A clock of a contract as `plan.yml` has it. */
export function buildContractSchema(z: typeof Zod) {
  const line = z.string().trim().min(1).max(300);
  return buildDutySchema(z).extend({
    id: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'use small letters, digits and hyphens'),
    with: line,
    triggers: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), line),
  });
}

type RawContract = Zod.output<ReturnType<typeof buildContractSchema>>;

/** A contract as what clocks are started from. */
export function contractOf(clock: RawContract, path: string, sha256: string): Regulation {
  const { id, with: partner, triggers, title, cite = `contract with ${partner}` } = clock;
  return {
    ...{ id, title, cite, triggers, path, sha256, regime: partner, jurisdiction: partner },
    ...{ status: 'contractual', since: '', asOf: '', url: '', sources: [], checked: [], note: '' },
    ...{ applies: `By ${cite}.`, suggest: { data: [], countries: [] } },
    ...{
      counting: 'plain',
      rolls: false,
      relief: undefined,
      zone: undefined,
      country: undefined,
    },
    duties: [{ ...dutyOf({ ...clock, id: undefined }, id, cite), isOptional: false }],
    origin: 'plan',
  };
}
