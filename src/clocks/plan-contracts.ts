/** What `plan.yml` says of deadlines: where days are counted, and the clocks that contracts ask for. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { z as Zod } from 'zod';
import { EXIT, fileFault, IrError } from '../errors.ts';
import { parseYaml, problemsOf } from '../yaml.ts';
import type { Regulation } from './regulation.ts';
import { buildDutySchema, dutyOf, isZone } from './regulation-file.ts';

/** Where the organisation is, and what its contracts ask for. */
export interface PlanContracts {
  zone: string | undefined;
  country: string | undefined;
  /** Days on which nobody works besides holidays, `2026-12-24`. */
  daysOff: readonly string[];
  contracts: readonly Regulation[];
}

const NO_PLAN: PlanContracts = {
  ...{ zone: undefined, country: undefined, daysOff: [], contracts: [] },
};

/** What may stand in the file. */
function buildPlanSchema(z: typeof Zod) {
  const line = z.string().trim().min(1).max(300);
  return z.strictObject({
    zone: line
      .refine(isZone, 'unknown time zone; use an IANA name such as Europe/Berlin')
      .optional(),
    country: line.optional(),
    days_off: z
      .array(z.string().regex(/^\d{4}-\d\d-\d\d$/, 'write a day, such as 2026-12-24'))
      .default([]),
    clocks: z
      .array(
        buildDutySchema(z).extend({
          id: z
            .string()
            .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'use small letters, digits and hyphens'),
          with: line,
          triggers: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), line),
        }),
      )
      .default([]),
  });
}

/**
 * Reads the first of these files that is there; none: an empty plan.
 * @throws IrError (exit 3) at the place of the first mistake; unknown keys are mistakes
 */
export async function readPlanContracts(paths: readonly string[]): Promise<PlanContracts> {
  const path = paths.find((one) => existsSync(one));
  if (path === undefined) return NO_PLAN;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw fileFault(error, 'plan', { path });
  }
  const { z } = await import('zod');
  const schema = buildPlanSchema(z);
  const document = parseYaml(text, path);
  const isEmpty = document.value === null && document.problems.length === 0;
  const checked = schema.safeParse(isEmpty ? {} : document.value);
  const problems =
    document.problems.length > 0 || checked.success
      ? document.problems
      : problemsOf(checked.error, document, schema);
  const [problem] = problems;
  if (problem !== undefined || !checked.success) {
    const { message = 'the plan cannot be read', source = { path }, hint } = problem ?? {};
    throw new IrError(message, { exit: EXIT.invalidTemplate, source, ...(hint && { hint }) });
  }
  const { zone, country, days_off: daysOff, clocks } = checked.data;
  const sha256 = createHash('sha256').update(text).digest('hex');
  clocks.forEach((clock, index) => {
    const unknown = clock.due.find(({ of }) => !Object.hasOwn(clock.triggers, of));
    if (unknown === undefined) return;
    throw new IrError(`the trigger "${unknown.of}" is not among the triggers of the clock`, {
      exit: EXIT.invalidTemplate,
      source: document.placeOf(['clocks', index]),
      hint: `Use one of: ${Object.keys(clock.triggers).join(', ')}.`,
    });
  });
  const contracts = clocks.map((clock) => contractOf(clock, path, sha256));
  return { zone, country, daysOff, contracts };
}

type RawContract = Zod.output<ReturnType<typeof buildPlanSchema>>['clocks'][number];

/** A contract is a regulation with one duty. */
function contractOf(clock: RawContract, path: string, sha256: string): Regulation {
  const { id, with: partner, triggers, title, cite = `contract with ${partner}` } = clock;
  return {
    ...{ id, title, cite, triggers, path, sha256, regime: partner, jurisdiction: partner },
    ...{ status: 'contractual', since: '', asOf: '', url: '', sources: [], note: '' },
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
