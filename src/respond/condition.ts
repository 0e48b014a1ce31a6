/**
 * The `when` of a step: a small expression over incident fields, variables and earlier answers.
 * A tree that is walked; never compiled, never evaluated as code. `parse-condition.ts` reads the text.
 *
 *     severity in [SEV1, SEV2] and not done(notify-provider) or var.logged_in == yes
 */
import { DEGREES, DETERMINATIONS, PHASES, SEVERITIES, STATUSES } from '../incidents/incident.ts';

/** When a step applies. */
export type Condition =
  | { kind: 'and' | 'or'; left: Condition; right: Condition }
  | { kind: 'not'; inner: Condition }
  | {
      kind: 'compare';
      operand: Operand;
      operator: '==' | '!=' | 'in' | 'not in';
      values: readonly string[];
    }
  | { kind: 'truth'; operand: Operand };

/** A side of a comparison. */
export type Operand =
  | { kind: 'field'; name: ConditionField }
  | { kind: 'variable'; name: string }
  | { kind: 'call'; name: 'done' | 'waived' | 'technique'; argument: string };

/** The fields that a condition can name, with the values they can have. */
export const CONDITION_FIELDS = {
  severity: SEVERITIES,
  impact: DEGREES,
  urgency: DEGREES,
  determination: DETERMINATIONS,
  status: STATUSES,
  phase: PHASES,
  is_drill: ['true', 'false'],
} as const;

/** A field that conditions may ask for. */
export type ConditionField = keyof typeof CONDITION_FIELDS;

/** What a condition is asked about. */
export interface ConditionFacts {
  fields: Readonly<Record<ConditionField, string>>;
  variables: Readonly<Record<string, string>>;
  done: ReadonlySet<string>;
  waived: ReadonlySet<string>;
  /** ATT&CK ids of the incident's findings, such as T1110.001. */
  techniques: ReadonlySet<string>;
}

/** Tells whether a condition holds. A variable without a value reads as the empty text, which is false. */
export function holds(condition: Condition, facts: ConditionFacts): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, facts) && holds(condition.right, facts);
    case 'or':
      return holds(condition.left, facts) || holds(condition.right, facts);
    case 'not':
      return !holds(condition.inner, facts);
    case 'truth': {
      const value = readOperand(condition.operand, facts);
      return value !== '' && value !== 'false' && value !== 'no';
    }
    case 'compare': {
      const isListed = condition.values.includes(readOperand(condition.operand, facts));
      return condition.operator === '==' || condition.operator === 'in' ? isListed : !isListed;
    }
  }
}

function readOperand(operand: Operand, facts: ConditionFacts): string {
  if (operand.kind === 'field') return facts.fields[operand.name];
  if (operand.kind === 'variable') {
    return Object.hasOwn(facts.variables, operand.name)
      ? (facts.variables[operand.name] ?? '')
      : '';
  }
  const argument = operand.argument;
  if (operand.name === 'technique') return String(hasTechnique(facts.techniques, argument));
  return String((operand.name === 'done' ? facts.done : facts.waived).has(argument));
}

/** A technique counts as seen when one of its sub-techniques was. */
const hasTechnique = (seen: ReadonlySet<string>, wanted: string): boolean =>
  [...seen].some((id) => id === wanted || id.startsWith(`${wanted}.`));

/** The steps and variables that a condition names, for the checks of a playbook. */
export function namesIn(condition: Condition): { steps: string[]; variables: string[] } {
  if ('left' in condition) {
    const left = namesIn(condition.left);
    const right = namesIn(condition.right);
    return {
      steps: [...left.steps, ...right.steps],
      variables: [...left.variables, ...right.variables],
    };
  }
  if ('inner' in condition) return namesIn(condition.inner);
  const { operand } = condition;
  return {
    steps: operand.kind === 'call' && operand.name !== 'technique' ? [operand.argument] : [],
    variables: operand.kind === 'variable' ? [operand.name] : [],
  };
}

/** The condition as a file writes it. */
export function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const { kind, left, right } = condition;
      const side = (one: Condition): string =>
        kind === 'and' && one.kind === 'or' ? `(${conditionText(one)})` : conditionText(one);
      return `${side(left)} ${kind} ${side(right)}`;
    }
    case 'not': {
      const { inner } = condition;
      return 'left' in inner ? `not (${conditionText(inner)})` : `not ${conditionText(inner)}`;
    }
    case 'truth':
      return operandText(condition.operand);
    case 'compare': {
      const { operand, operator, values } = condition;
      const isList = operator === 'in' || operator === 'not in';
      const value = isList ? `[${values.map(quoted).join(', ')}]` : quoted(values[0] ?? '');
      return `${operandText(operand)} ${operator} ${value}`;
    }
  }
}

const operandText = (operand: Operand): string =>
  operand.kind === 'call'
    ? `${operand.name}(${operand.argument})`
    : operand.kind === 'variable'
      ? `var.${operand.name}`
      : operand.name;

const quoted = (value: string): string =>
  /^[A-Za-z0-9_][\w.:-]*$/.test(value) ? value : `"${value}"`;
