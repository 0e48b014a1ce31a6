/**
 * What makes two findings one *act*: the same ATT&CK technique, the same first actor, the same target. The one
 * place that says who acts in a finding and on what.
 */
import { networkOf } from './fields/source-network.ts';
import type { Finding } from './finding.ts';
import { namesInRecord } from './record-names.ts';

/**
 * Entities that act, the leading one first: an address, else the account. Taken from the rule's `ir.entities`;
 * a rule that lists none of them leaves it to its first event.
 */
const ACTORS = ['source.ip', 'source.address', 'source.user.name', 'user.name', 'user.id'] as const;

/** The machine or site that is acted on, as the first event names it. */
const MACHINES = ['host.hostname', 'host.name', 'url.domain', 'cloud.account.id'] as const;

/**
 * What is acted on where no machine is named: the account, group or file that the rule is about. The path of a
 * request is none: who tries twenty pages of a server attacks the server.
 */
const OBJECTS = ['user.target.name', 'group.name', 'file.path'] as const;

type Parts = Pick<Finding, 'event' | 'entities'>;

/** What findings of one act have in common. */
export interface ActKey {
  /** Technique and actor. */
  key: string;
  /** Undefined when the finding does not say; it may then be any. */
  target: string | undefined;
}

/**
 * Findings with the same key and no different targets are one act, if no long pause is between them; undefined
 * when nobody is seen acting. The technique is the first that the rule names, without its sub-technique: guessing
 * passwords is one act whether at one account or at many. A rule that names none is its own technique.
 */
export function actKey(
  finding: Pick<Finding, 'rule' | 'event' | 'entities' | 'evidence'>,
): ActKey | undefined {
  const listed = (fields: readonly string[]): string[] =>
    fields.filter((field) => Object.hasOwn(finding.entities, field));
  const named = leading([...listed(ACTORS), ...ACTORS], finding);
  // Who changes addresses inside his network is one actor.
  const actor = named === undefined ? undefined : networkOf(named);
  if (actor === undefined) return undefined;
  const [technique] = finding.rule.techniques;
  const what = technique?.split('.')[0] ?? `rule ${finding.rule.id}`;
  const target = leading([...MACHINES, ...listed(OBJECTS)], finding);
  return {
    key: `${what}\u0000${actor}`,
    target: technique === SHARING ? withResource(target, finding) : target,
  };
}

/** Transfer to another account: each thing that is opened to others is lost by itself, whoever opens many. */
const SHARING = 'T1537';

/** In the account of a cloud the bucket or snapshot that the record names is what is opened. */
function withResource(
  target: string | undefined,
  { event, evidence: [first] }: Pick<Finding, 'event' | 'evidence'>,
): string | undefined {
  if (target === undefined || valueAt(event, 'cloud.account.id') !== target) return target;
  const [name] = first === undefined ? [] : namesInRecord(first.raw);
  return name === undefined ? target : `${target}${WITHIN}${name}`;
}

const WITHIN = '\u0000';

/** Are two targets the same, as far as both say: an account may be any resource of it. */
export const isSameTarget = (a: string | undefined, b: string | undefined): boolean =>
  a === undefined ||
  b === undefined ||
  a === b ||
  a.startsWith(`${b}${WITHIN}`) ||
  b.startsWith(`${a}${WITHIN}`);

/** The first value of the first field that there is: of the first event, else of the entities. */
function leading(fields: readonly string[], { event, entities }: Parts): string | undefined {
  for (const field of fields) {
    const value = valueAt(event, field) ?? entities[field]?.[0];
    // Not the field: an address is the same whether a log gives it as source.ip or source.address.
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The value of a field of a nested document, the first one of a list. */
export function valueAt(event: Finding['event'], field: string): string | undefined {
  let value: unknown = event;
  for (const name of field.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  const [first] = Array.isArray(value) ? value : [value];
  return typeof first === 'string' || typeof first === 'number' ? String(first) : undefined;
}
