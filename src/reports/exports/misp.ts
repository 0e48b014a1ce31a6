/** An incident as a MISP event. @see https://www.misp-standard.org/rfc/misp-standard-core.html */
import type { ReportModel } from '../report-model.ts';
import { type KnownKind, kindOf, uuidOf } from './uuid.ts';

const TYPES: Readonly<Record<KnownKind, readonly [type: string, category: string]>> = {
  ipv4: ['ip-src', 'Network activity'],
  ipv6: ['ip-src', 'Network activity'],
  domain: ['domain', 'Network activity'],
  sha256: ['sha256', 'Payload delivery'],
  path: ['filename', 'Artifacts dropped'],
  agent: ['user-agent', 'Network activity'],
};
/** 1 high to 4 undefined. */
const THREAT: Readonly<Record<string, string>> = { SEV1: '1', SEV2: '1', SEV3: '2', SEV4: '3' };

/** The event; nothing is published by it, and it is meant for one's own organisation until somebody says otherwise. */
export function mispOf(model: ReportModel): object {
  const { incident, attack, asOf, custody } = model;
  const seconds = (instant: string): string => String(Math.floor(Date.parse(instant) / 1000));
  return {
    Event: {
      uuid: uuidOf(`${custody.head} misp ${incident.key}`),
      info: `${incident.key}: ${incident.title}`,
      date: (attack.firstAt ?? asOf).slice(0, 10),
      threat_level_id: THREAT[incident.severity] ?? '4',
      // 0 initial, 1 ongoing, 2 complete
      analysis: incident.status === 'closed' ? '2' : '1',
      distribution: '0',
      published: false,
      timestamp: seconds(asOf),
      Attribute: attack.indicators.flatMap(({ kind, value, firstAt, findings }) => {
        const known = kindOf(kind, value);
        if (known === undefined) return [];
        const [type, category] = TYPES[known];
        return [
          {
            ...{ uuid: uuidOf(`${custody.head} ${kind} ${value}`), type, category, value },
            // Names of files and programs are shared by the innocent.
            to_ids: known !== 'path' && known !== 'agent',
            timestamp: seconds(firstAt ?? asOf),
            ...{
              comment: `seen in ${findings.join(', ')}`,
              distribution: '5',
              disable_correlation: false,
            },
          },
        ];
      }),
      Tag: attack.techniques.map(({ id, name }) => ({
        name: `misp-galaxy:mitre-attack-pattern="${(name || id).split(': ').at(-1)!.replaceAll('"', "'")} - ${id}"`,
      })),
    },
  };
}
