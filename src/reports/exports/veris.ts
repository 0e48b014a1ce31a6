/** An incident in the words of VERIS 1.4: what is not known is said to be unknown, nothing is guessed. @see https://verisframework.org */
import type { ReportModel } from '../report-model.ts';

type Words = Readonly<Record<string, readonly string[]>>;

/** Of hacking and malware, the varieties that techniques stand for; a technique's own row goes before that of its parent. */
const HACKING: Words = {
  T1110: ['Brute force'],
  T1190: ['Exploit vuln'],
  T1078: ['Use of stolen creds'],
  T1059: ['OS commanding'],
  T1562: ['Disable controls'],
  T1070: ['Evade Defenses'],
  T1595: ['Scan network'],
  T1548: ['Abuse of functionality'],
  T1498: ['DoS'],
  T1499: ['DoS'],
};
const MALWARE: Words = {
  T1505: ['Backdoor'],
  T1486: ['Ransomware'],
  T1496: ['Cryptocurrency mining'],
  T1105: ['Downloader'],
  T1041: ['Export data'],
  T1048: ['Export data'],
  T1014: ['Rootkit'],
  T1003: ['Password dumper'],
};
const CONFIRMED: Readonly<Record<string, string>> = {
  confirmed: 'Confirmed',
  suspected: 'Suspected',
  blocked: 'Near miss',
  failed_attempt: 'Near miss',
  false_positive: 'False positive',
};

/** The record. */
export function verisOf(model: ReportModel): object {
  const { incident, attack, asOf, keyTimes, metrics } = model;
  const began = keyTimes.find(({ name }) => name === 'occurred')?.at ?? attack.firstAt ?? asOf;
  const hacking = varieties(model, HACKING);
  const malware = varieties(model, MALWARE);
  const phishing = attack.techniques.some(({ id }) => /^T1566\b/.test(id));
  const action = {
    ...(hacking.length > 0 && { hacking: { variety: hacking, vector: hackingVector(model) } }),
    ...(malware.length > 0 && { malware: { variety: malware, vector: ['Unknown'] } }),
    ...(phishing && { social: { variety: ['Phishing'], vector: ['Email'], target: ['Unknown'] } }),
  };
  const text = model.summary.join(' ').trim();
  const detected = metrics.find(({ name }) => name === 'MTTD')?.durationMs ?? null;
  const contained = metrics.find(({ name }) => name === 'MTTC')?.durationMs ?? null;
  return {
    schema_version: '1.4.0',
    incident_id: incident.key,
    source_id: 'breachline',
    security_incident: CONFIRMED[incident.determination] ?? 'Suspected',
    summary: `${incident.title}. ${incident.description || text}`,
    timeline: {
      incident: {
        ...{
          year: Number(began.slice(0, 4)),
          month: Number(began.slice(5, 7)),
          day: Number(began.slice(8, 10)),
        },
      },
      ...(detected !== null && detected >= 0 && { discovery: span(detected) }),
      ...(contained !== null && contained >= 0 && { containment: span(contained) }),
    },
    actor: { unknown: { notes: 'Nothing in the incident says who it was.' } },
    action:
      Object.keys(action).length === 0
        ? { unknown: { notes: 'No finding names a technique.' } }
        : action,
    asset: { assets: [{ variety: assetVariety(model) }], cloud: ['Unknown'] },
    discovery_method: { unknown: true },
    ...(attack.indicators.length > 0 && {
      ioc: attack.indicators.map(({ kind, value }) => ({ indicator: value, comment: kind })),
    }),
  };
}

const varieties = ({ attack }: ReportModel, words: Words): string[] => [
  ...new Set(attack.techniques.flatMap(({ id }) => words[id] ?? words[id.slice(0, 5)] ?? [])),
];

function hackingVector({ attack }: ReportModel): string[] {
  const isWeb = attack.techniques.some(({ id }) => /^T1(?:190|505\.003)$/.test(id));
  const isRemote = attack.techniques.some(({ id }) => /^T1(?:110|021)\b/.test(id));
  const found = [
    ...(isWeb ? ['Web application'] : []),
    ...(isRemote ? ['Other network service'] : []),
  ];
  return found.length > 0 ? found : ['Unknown'];
}

const assetVariety = ({ attack }: ReportModel): string =>
  attack.techniques.some(({ id }) => /^T1(?:190|505\.003)$/.test(id))
    ? 'S - Web application'
    : 'Unknown';

/** In the largest unit that leaves a whole number of at least one. */
function span(ms: number): { unit: string; value: number } {
  const units = [
    ['Days', 86_400_000],
    ['Hours', 3_600_000],
    ['Minutes', 60_000],
  ] as const;
  const [unit, size] = units.find(([, one]) => ms >= one) ?? (['Seconds', 1_000] as const);
  return { unit, value: Math.round(ms / size) };
}
