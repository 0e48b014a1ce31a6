/** Conditions between our words and CACAO's, whose grammar is that of STIX patterns over variables. Pure. */
import type { Condition, Operand } from '../condition.ts';

/** Takes a fact that a condition asks about, as the name of a variable and what it means. */
export type TakeFact = (name: string, description: string) => void;

/** The condition as CACAO writes it. What is no variable of the playbook becomes one, which `take` hears of. */
export function toCacaoCondition(condition: Condition, take: TakeFact): string {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const side = (one: Condition): string => {
        const text = toCacaoCondition(one, take);
        return 'left' in one ? `(${text})` : text;
      };
      return `${side(condition.left)} ${condition.kind.toUpperCase()} ${side(condition.right)}`;
    }
    case 'not':
      return `NOT (${toCacaoCondition(condition.inner, take)})`;
    case 'truth':
      return condition.operand.kind === 'call'
        ? `${variableOf(condition.operand, take)} == 'true'`
        : `${variableOf(condition.operand, take)} NOT IN ('', 'no', 'false')`;
    case 'compare': {
      const { operator, values, operand } = condition;
      const name = variableOf(operand, take);
      const list = values.map((value) => `'${value}'`);
      if (operator === '==' || operator === '!=') return `${name} ${operator} ${list[0]}`;
      return `${name} ${operator.toUpperCase()} (${list.join(', ')})`;
    }
  }
}

function variableOf(operand: Operand, take: TakeFact): string {
  if (operand.kind === 'variable') return `__${operand.name}__:value`;
  if (operand.kind === 'field') {
    take(operand.name, `${operand.name.replaceAll('_', ' ')} of the incident`);
    return `__${operand.name}__:value`;
  }
  const name = `${operand.name}_${operand.argument.replace(/[^A-Za-z0-9]/g, '_')}`;
  take(name, DESCRIPTIONS[operand.name](operand.argument));
  return `__${name}__:value`;
}

const DESCRIPTIONS: Readonly<Record<'done' | 'waived' | 'technique', (name: string) => string>> = {
  done: (step) => `true once the step ${step} is done`,
  waived: (step) => `true once the step ${step} was skipped`,
  technique: (id) => `true where a finding has the technique ${id} or one below it`,
};

const COMPARISON = /^\s*__([a-z][a-z0-9_]*)__(?::value)?\s*(==|=|!=|IN|NOT IN)\s*(.+?)\s*$/i;

/** A condition of another program in our words; undefined where it is more than one comparison of a variable. */
export function fromCacaoCondition(text: string): string | undefined {
  const match = COMPARISON.exec(text);
  if (match === null) return undefined;
  const [, name = '', sign = '', rest = ''] = match;
  if (/^(not )?in$/i.test(sign)) {
    const values = /^\(([^()]*)\)$/.exec(rest)?.[1]?.split(',').map(plainValue) ?? [];
    if (values.length === 0 || values.includes(undefined)) return undefined;
    return `var.${name.toLowerCase()} ${sign.toLowerCase()} [${values.join(', ')}]`;
  }
  const value = plainValue(rest);
  return value === undefined
    ? undefined
    : `var.${name.toLowerCase()} ${sign === '!=' ? '!=' : '=='} ${value}`;
}

/** A value in quotes, as our conditions take it. */
function plainValue(text: string): string | undefined {
  const plain = /^\s*(?:'([^'"\\]*)'|"([^'"\\]*)"|([\w.:/-]+))\s*$/.exec(text);
  if (plain === null) return undefined;
  return `"${plain[1] ?? plain[2] ?? plain[3] ?? ''}"`;
}
