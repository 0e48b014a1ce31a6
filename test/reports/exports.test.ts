/** Whole incidents for other programs: each is what its own validator takes. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { incidentMetrics } from '../../src/incidents/incident-metrics.ts';
import { checkReport } from '../../src/reports/check-report.ts';
import { mispOf } from '../../src/reports/exports/misp.ts';
import { navigatorOf } from '../../src/reports/exports/navigator.ts';
import { stixOf } from '../../src/reports/exports/stix.ts';
import { verisOf } from '../../src/reports/exports/veris.ts';
import { readTechniques } from '../../src/reports/technique-names.ts';
import { isShared, isThere } from '../needs.ts';
import { finding } from '../store/sample-entries.ts';
import { emptyDetail, modelOf } from './sample-model.ts';

const known = readTechniques(resolve(import.meta.dirname, '../../templates'));
const HOSTILE = `o'Neil\\"]</script>`;

/** One with nothing in it, and one with something of everything, some of it hostile. */
const MODELS = {
  'an empty incident': modelOf(emptyDetail()),
  'a full one': modelOf(
    emptyDetail({
      findings: ['T1505.003', 'T1110.001', 'T1190', 'T1566.001', 'T1041', 'T9999'].map(
        (technique, at) => ({
          ...finding(`beef${at}`),
          rule: {
            ...finding('beef').rule,
            title: HOSTILE,
            techniques: [technique],
            tactics: ['persistence'],
          },
          entities: {
            ...{
              'source.ip': ['203.0.113.7', '2001:db8::7', 'fe80::1%eth0'],
              'url.domain': ['evil.example'],
            },
            ...{
              'file.path': [`/tmp/${HOSTILE}`],
              'user_agent.original': [HOSTILE],
              'user.name': [HOSTILE],
            },
            'file.hash.sha256': ['ab'.repeat(32), 'short'],
          },
        }),
      ),
    }),
  ),
};

const PYTHON = `
import json, os, sys
folder = sys.argv[1]
from stix2validator import validate_file, ValidationOptions
import jsonschema, pymisp
from mitreattack.navlayers import Layer
read = lambda name: json.load(open(os.path.join(folder, name)))
found = validate_file(os.path.join(folder, 'stix.json'), ValidationOptions(version='2.1'))
assert found.is_valid, found.as_dict()
jsonschema.validate(read('misp.json'), json.load(open(os.path.join(os.path.dirname(pymisp.__file__), 'data', 'schema.json'))))
event = pymisp.MISPEvent(); event.load_file(os.path.join(folder, 'misp.json'))
layer = Layer(); layer.from_file(os.path.join(folder, 'navigator.json'))
print(len(event.attributes), len(layer.layer.techniques or []))
`;
const VERIS = resolve(
  import.meta.dirname,
  '../../../shared/reference/schemas/veris/verisc-merged.json',
);
const hasPython =
  spawnSync('python3', ['-c', 'import stix2validator, pymisp, mitreattack.navlayers']).status === 0;

describe.runIf(isThere('stix2-validator, pymisp and mitreattack-python', hasPython))(
  'validators',
  () => {
    it.each(Object.entries(MODELS))('take %s', (name, model) => {
      const folder = mkdtempSync(join(tmpdir(), 'ir-exports-'));
      const parts = {
        stix: stixOf(model),
        misp: mispOf(model),
        navigator: navigatorOf(model, known),
      };
      for (const [form, document] of Object.entries(parts))
        writeFileSync(join(folder, `${form}.json`), JSON.stringify(document));
      const { stdout, stderr } = spawnSync('python3', ['-c', PYTHON, folder], { encoding: 'utf8' });
      rmSync(folder, { recursive: true });
      expect({ stdout, failure: stderr.split('\n').at(-2) ?? '' }).toEqual({
        stdout: name === 'an empty incident' ? '0 0\n' : '6 5\n',
        failure: '',
      });
    });
  },
);

describe.runIf(isShared('the schema of VERIS', VERIS))('VERIS', () => {
  it.each(Object.entries(MODELS))('takes %s', (_, model) => {
    const { $schema, ...schema } = JSON.parse(readFileSync(VERIS, 'utf8')) as { $schema: string };
    const check = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    check(JSON.parse(JSON.stringify(verisOf(model))));
    expect(check.errors ?? []).toEqual([]);
  });
});

describe('metrics', () => {
  const { incident } = emptyDetail();
  const lasting = (minutes: number, over: Partial<typeof incident> = {}): typeof incident => ({
    ...incident,
    ...over,
    times: {
      ...incident.times,
      detected: '2026-03-01T08:00:00.000Z',
      contained: new Date(Date.UTC(2026, 2, 1, 8, minutes)).toISOString(),
    },
  });
  it('are medians and p90 with their n; drills and false positives count for nothing', () => {
    const found = incidentMetrics([
      ...[10, 20, 30, 40, 50].map((minutes) => lasting(minutes)),
      lasting(9_999, { isDrill: true }),
      lasting(9_999, { determination: 'false_positive' }),
      { ...incident, severity: 'SEV1' },
    ]);
    const minute = 60_000;
    expect(found).toMatchObject({ drills: 1, falsePositives: 1 });
    expect(found.all).toMatchObject({
      incidents: 6,
      metrics: { mttcMs: { n: 5, medianMs: 30 * minute, p90Ms: 46 * minute } },
    });
    expect(found.all.metrics.mttrMs).toEqual({ n: 0, medianMs: undefined, p90Ms: undefined });
    expect(found.bySeverity.map(({ by, incidents }) => [by, incidents])).toEqual([
      ['SEV1', 1],
      ['SEV3', 5],
    ]);
    expect(found.byMonth.map(({ by }) => by)).toEqual(['2026-03']);
  });
});

describe('the check of a report', () => {
  it('puts errors first, and asks for owner, date, lines and what a day was like', () => {
    const model = modelOf(emptyDetail({ findings: [{ ...finding('beef'), evidence: [] }] }));
    const action = {
      at: '',
      actor: '',
      text: 'Do it',
      happenedAt: null,
      replaced: [],
      withdrawn: null,
      owner: null,
      due: '2026-12-01',
    };
    const [first] = model.merged;
    const merged = [first!, { ...first!, at: '2026-03-09T00:00:00Z' }];
    const clockDoubts = ['entry 3 is before entry 2'];
    const found = checkReport({
      ...model,
      actions: [action],
      merged,
      custody: { ...model.custody, clockDoubts },
    });
    const told = found.map(({ degree, section }) => `${degree} ${section}`);
    expect(told.slice(0, 3)).toEqual(['error times', 'error actions', 'error attack']);
    expect(told.slice(3).every((one) => one.startsWith('warning'))).toBe(true);
    expect(found.some(({ text }) => text.startsWith('"Do it" has not an owner'))).toBe(true);
    expect(found.some(({ text }) => text.startsWith('Nothing is told between'))).toBe(true);
  });
});
