/** Reads one file of `templates/regulations`. Every mistake has its place; unknown keys are mistakes. */
import { createHash } from 'node:crypto';
import type { z as Zod } from 'zod';
import { type Problem, parseYaml, problemsOf } from '../yaml.ts';
import { CHECKED_AGAINST, type Duty, REGULATION_STATUSES, type Regulation } from './regulation.ts';

const ID = /^[a-z0-9]+(?:[-.][a-z0-9]+)*$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const NAME = /^[a-z][a-z0-9_]*$/;
/** The countries that `EU` stands for, with those of the EEA. */
const EEA =
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK';

/** The schema of a duty and of what is in it, built with the zod that the caller has loaded. */
export function buildDutySchema(z: typeof Zod) {
  const line = z.string().trim().min(1).max(300);
  const count = z.int().min(1).max(1_000);
  const due = z
    .strictObject({
      hours: count.optional(),
      days: count.optional(),
      months: count.optional(),
      business_days: count.optional(),
      at_once: z.literal(true).optional(),
      of: z.string().regex(NAME),
      cap: z.boolean().default(false),
      from: z.enum(['event', 'end_of_year']).default('event'),
      ends: z
        .string()
        .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'write a time of day, such as 17:30')
        .optional(),
    })
    .refine(
      ({ hours, days, months, business_days, at_once }) =>
        [hours, days, months, business_days, at_once].filter((one) => one !== undefined).length ===
        1,
      'name one of hours, days, months, business_days, at_once',
    );
  const content = z.strictObject({ text: line, facts: z.array(z.string()).default([]) });
  return z.strictObject({
    id: z.string().regex(ID, 'use small letters, digits and hyphens').optional(),
    title: line,
    cite: line.optional(),
    due: z.array(due).min(1).max(4),
    after: z.string().regex(ID).optional(),
    optional: z.boolean().default(false),
    recipient: line,
    late: z.string().max(500).default('Say why it is late.'),
    content: z.array(content).min(1).max(30),
    exceptions: z.array(z.string().max(500)).default([]),
  });
}

/** The schema of a whole file. */
export function buildRegulationSchema(z: typeof Zod) {
  const line = z.string().trim().min(1).max(300);
  const prose = z.string().trim().min(1).max(1_000);
  const day = z.string().regex(DAY, 'write a day, such as 2026-11-30');
  const url = z.url({ protocol: /^https$/ });
  return z.strictObject({
    id: z.string().regex(ID, 'use small letters, digits, hyphens and dots'),
    regime: line,
    title: line,
    jurisdiction: line,
    status: z.enum(REGULATION_STATUSES),
    since: day,
    as_of: day,
    cite: line,
    url,
    sources: z.array(z.strictObject({ cite: prose, url })).default([]),
    checked: z
      .array(
        z
          .strictObject({
            of: line,
            against: z.enum(CHECKED_AGAINST),
            url: z.url({ protocol: /^https?$/ }).optional(),
          })
          .refine(
            ({ against, url: read }) => (against === 'nothing') === (read === undefined),
            'name the url of what was read, or against: nothing',
          ),
      )
      .default([]),
    applies: prose,
    note: z.string().max(1_000).default(''),
    suggest: z
      .strictObject({
        data: z.array(z.string()).default([]),
        countries: z.union([z.literal('EU'), z.array(z.string())]).default([]),
      })
      .prefault({}),
    counting: z.enum(['plain', 'eu-1182']),
    rolls: z.boolean().default(true),
    relief: z.enum(['noon_of_next_working_day']).optional(),
    zone: line.optional(),
    country: line.optional(),
    triggers: z.record(z.string().regex(NAME), line),
    duties: z.array(buildDutySchema(z)).min(1).max(20),
  });
}

type RawDuty = Zod.output<ReturnType<typeof buildDutySchema>>;

/** A regulation, or what is wrong with it. */
export interface ReadRegulation {
  regulation: Regulation | undefined;
  problems: readonly Problem[];
}

/** Reads and checks the text of one file. */
export async function readRegulation(
  text: string,
  path: string,
  origin: Regulation['origin'],
): Promise<ReadRegulation> {
  const { z } = await import('zod');
  const document = parseYaml(text, path);
  if (document.problems.length > 0) return { regulation: undefined, problems: document.problems };
  const schema = buildRegulationSchema(z);
  const checked = schema.safeParse(document.value);
  if (!checked.success) {
    return { regulation: undefined, problems: problemsOf(checked.error, document, schema) };
  }
  const { as_of, suggest, duties, relief, zone, country, ...same } = checked.data;
  const problems: Problem[] = [];
  const problem = (message: string, index: number): void => {
    const source = document.placeOf(['duties', index]);
    problems.push({ message, source, hint: undefined });
  };
  duties.forEach((duty, index) => {
    for (const { of } of duty.due) {
      const isKnown =
        of === 'submitted' ? duty.after !== undefined : Object.hasOwn(same.triggers, of);
      if (!isKnown) problem(`the trigger "${of}" is not among the triggers of the file`, index);
    }
    if (duty.after !== undefined && !duties.some(({ id }) => id === duty.after))
      problem(`there is no duty "${duty.after}" to come after`, index);
  });
  if (zone !== undefined && !isZone(zone)) {
    const source = document.placeOf(['zone']);
    problems.push({ message: `unknown time zone "${zone}"`, source, hint: 'Use an IANA name.' });
  }
  if (problems.length > 0) return { regulation: undefined, problems };
  const countries = suggest.countries === 'EU' ? EEA.split(' ') : suggest.countries;
  const regulation: Regulation = {
    ...{ ...same, asOf: as_of, relief, zone, country, path, origin },
    suggest: { data: suggest.data, countries },
    duties: duties.map((duty) => dutyOf(duty, same.id, same.cite)),
    sha256: createHash('sha256').update(text).digest('hex'),
  };
  return { regulation, problems };
}

/** True for a zone that this machine knows. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** A duty of a file, by its whole id. */
export function dutyOf(raw: RawDuty, regulation: string, cite: string): Duty {
  const idOf = (part: string | undefined): string =>
    part === undefined ? regulation : `${regulation}-${part}`;
  return {
    id: idOf(raw.id),
    title: raw.title,
    cite: raw.cite ?? cite,
    dues: raw.due.map((due) => ({
      hours: due.hours,
      days: due.days,
      months: due.months,
      businessDays: due.business_days,
      isAtOnce: due.at_once === true,
      of: due.of,
      isCap: due.cap,
      isFromEndOfYear: due.from === 'end_of_year',
      endsAt: due.ends,
    })),
    after: raw.after === undefined ? undefined : idOf(raw.after),
    isOptional: raw.optional,
    recipient: raw.recipient,
    late: raw.late,
    content: raw.content,
    exceptions: raw.exceptions,
  };
}
