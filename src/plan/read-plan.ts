/** Reads the incident response plan, `plan.yml`. Every mistake has its place; unknown keys are mistakes. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { knownCountries } from '../clocks/calendar.ts';
import type { Regulation } from '../clocks/regulation.ts';
import { EXIT, fileFault, IrError, suggestion, templateError } from '../errors.ts';
import { ROLES } from '../incidents/roles.ts';
import { parseYaml, problemsOf, type YamlDocument, type YamlPath } from '../yaml.ts';
import { contractOf } from './contracts.ts';
import { buildPlanSchema, type PlanFile } from './plan-schema.ts';

/** The plan that is in force. */
export interface Plan extends Omit<PlanFile, 'days_off' | 'clocks'> {
  /** The file; undefined where there is none. */
  path: string | undefined;
  /** Days on which nobody works besides holidays, `2026-12-24`. */
  daysOff: readonly string[];
  contracts: readonly Regulation[];
}

/** Where there is no plan. */
export const NO_PLAN: Plan = {
  ...{ path: undefined, daysOff: [], contracts: [], contacts: [], team: [], escalation: [] },
  ...{ communication: [], never_block: {}, systems: [], logs: [], backups: [] },
};

/**
 * Reads the first of these files that is there; none: an empty plan.
 * @param isWhole looks too at what only some commands use, the holidays: a mistake there must not keep others from their work
 * @throws IrError (exit 3) at the place of the first mistake; unknown keys are mistakes
 */
export async function readPlan(paths: readonly string[], isWhole = false): Promise<Plan> {
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
  if (isWhole) assertHolidays(checked.data, document);
  assertTriggers(checked.data, document);
  assertNames(checked.data, document);
  return planOf(checked.data, path, createHash('sha256').update(text).digest('hex'));
}

const planOf = (
  { days_off: daysOff, clocks, ...same }: PlanFile,
  path: string | undefined,
  sha256: string,
): Plan => ({
  ...same,
  ...{ path, daysOff },
  contracts: clocks.map((clock) => contractOf(clock, path ?? '', sha256)),
});

/** A country without holidays would be missed when a deadline is counted, which is too late. */
function assertHolidays({ country }: PlanFile, document: YamlDocument): void {
  if (country === undefined) return;
  const known = knownCountries();
  if (known.includes(country)) return;
  throw templateError(
    `country: the holidays of "${country}" are not known`,
    document.placeOf(['country']),
    suggestion(country, known, 'Use a code such as DE, DE-BY or US.'),
  );
}

function assertTriggers({ clocks }: PlanFile, document: YamlDocument): void {
  clocks.forEach((clock, index) => {
    const unknown = clock.due.find(({ of }) => !Object.hasOwn(clock.triggers, of));
    if (unknown === undefined) return;
    throw templateError(
      `the trigger "${unknown.of}" is not among the triggers of the clock`,
      document.placeOf(['clocks', index]),
      `Use one of: ${Object.keys(clock.triggers).join(', ')}.`,
    );
  });
}

/** Whoever is named must be a contact, or a role. */
function assertNames(file: PlanFile, document: YamlDocument): void {
  const contacts = file.contacts.map(({ id }) => id);
  const assertOneOf = (name: string, known: readonly string[], at: YamlPath): void => {
    if (known.includes(name)) return;
    throw templateError(
      `"${name}" is no contact of the plan${known === contacts ? '' : ' and no role'}`,
      document.placeOf(at),
      known.length === 0 ? 'Add it below contacts.' : suggestion(name, known),
    );
  };
  contacts.forEach((id, index) => {
    const isTwice = contacts.indexOf(id) !== index;
    const isRole = (ROLES as readonly string[]).includes(id);
    if (!isTwice && !isRole) return;
    const what = isRole ? 'is the name of a role' : 'is there twice';
    throw templateError(`the contact "${id}" ${what}`, document.placeOf(['contacts', index, 'id']));
  });
  const either = [...ROLES, ...contacts];
  file.team.forEach(({ who, deputies }, index) => {
    assertOneOf(who, contacts, ['team', index, 'who']);
    deputies.forEach((one, at) => {
      assertOneOf(one, contacts, ['team', index, 'deputies', at]);
    });
  });
  file.escalation.forEach(({ to }, index) => {
    to.forEach((one, at) => {
      assertOneOf(one, either, ['escalation', index, 'to', ...(to.length > 1 ? [at] : [])]);
    });
  });
  file.communication.forEach(({ who, after }, index) => {
    assertOneOf(who, either, ['communication', index, 'who']);
    if (after !== undefined) assertOneOf(after, either, ['communication', index, 'after']);
  });
  file.systems.forEach(({ owner }, index) => {
    if (owner !== undefined) assertOneOf(owner, either, ['systems', index, 'owner']);
  });
}
