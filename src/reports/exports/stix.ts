/** An incident as a STIX 2.1 bundle. @see https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html */
import type { ReportModel } from '../report-model.ts';
import { type KnownKind, kindOf, uuidOf } from './uuid.ts';

/** The bundle: who tells it, the incident, its indicators and techniques, how they belong together, and a report of all. */
export function stixOf(model: ReportModel): object {
  const { incident, asOf, attack } = model;
  const at = stamp(asOf);
  const common = { spec_version: '2.1', created: at, modified: at };
  const id = (type: string, name: string): string =>
    `${type}--${uuidOf(`${model.custody.head} ${type} ${name}`)}`;
  const identity = {
    type: 'identity',
    ...common,
    id: id('identity', 'us'),
    name: 'Incident response team',
    identity_class: 'group',
  };
  const by = { ...common, created_by_ref: identity.id };
  const whole = {
    ...{
      type: 'incident',
      ...by,
      id: id('incident', incident.key),
      name: `${incident.key}: ${incident.title}`,
    },
    ...(incident.description === '' ? {} : { description: incident.description }),
    external_references: [{ source_name: 'breachline', external_id: incident.key }],
  };
  const patterns = attack.techniques.map((technique) => ({
    ...{ type: 'attack-pattern', ...by, id: id('attack-pattern', technique.id) },
    name: technique.name || technique.id,
    external_references: [
      {
        ...{ source_name: 'mitre-attack', external_id: technique.id },
        url: `https://attack.mitre.org/techniques/${technique.id.replace('.', '/')}`,
      },
    ],
  }));
  const indicators = indicatorsOf(model, by, id);
  const related = [...patterns, ...indicators].map(({ id: target }) => ({
    ...{
      type: 'relationship',
      ...by,
      id: id('relationship', target),
      relationship_type: 'related-to',
    },
    ...{ source_ref: target, target_ref: whole.id },
  }));
  const told = [identity, whole, ...patterns, ...indicators, ...related];
  const report = {
    ...{ type: 'report', ...by, id: id('report', 'report'), name: incident.title, published: at },
    ...{ report_types: ['threat-report'], object_refs: told.map((one) => one.id) },
  };
  return { type: 'bundle', id: id('bundle', incident.key), objects: [...told, report] };
}

/** What was seen of the attacker, as patterns. */
function indicatorsOf(
  { incident, asOf, attack }: ReportModel,
  by: object,
  id: (type: string, name: string) => string,
) {
  return attack.indicators.flatMap(({ kind, value, firstAt, findings }) => {
    const known = kindOf(kind, value);
    if (known === undefined) return [];
    return [
      {
        ...{
          type: 'indicator',
          ...by,
          id: id('indicator', `${kind} ${value}`),
          name: `${kind} of ${incident.key}`,
        },
        description: `Seen in ${findings.join(', ')}`,
        ...{
          indicator_types: ['malicious-activity'],
          pattern: patternOf(known, value),
          pattern_type: 'stix',
        },
        valid_from: firstAt === null ? stamp(asOf) : stamp(firstAt),
      },
    ];
  });
}

/** With milliseconds, as the specification wants them at least. */
const stamp = (instant: string): string => new Date(instant).toISOString();

function patternOf(kind: KnownKind, value: string): string {
  const text = `'${value.replace(/[\\']/g, '\\$&')}'`;
  switch (kind) {
    case 'ipv4':
    case 'ipv6':
      return `[${kind}-addr:value = ${text}]`;
    case 'domain':
      return `[domain-name:value = ${text}]`;
    case 'sha256':
      return `[file:hashes.'SHA-256' = ${text}]`;
    case 'path':
      return `[file:name = '${value.split('/').at(-1)!.replace(/[\\']/g, '\\$&')}']`;
    case 'agent':
      return `[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = ${text}]`;
  }
}
