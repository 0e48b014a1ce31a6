import { describe, expect, it } from 'vitest';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';
import { ruleText } from './rule-texts.ts';

/** `line:column message | hint` of every problem. */
const problemsOf = (text: string): string[] =>
  parseSigma(text, 'rules/test.yml').problems.map(
    ({ message, hint, source }) =>
      `${source?.line}:${source?.column} ${message}${hint === undefined ? '' : ` | ${hint}`}`,
  );

const correlationText = (...lines: string[]): string =>
  ['title: Test', 'correlation:', ...lines.map((line) => `  ${line}`), ''].join('\n');

const COUNT = ['type: event_count', 'rules: [base]', 'group-by: [source.ip]', 'timespan: 5m'];

describe('parseSigma', () => {
  it('reads a whole rule', () => {
    const text = [
      'title: Login as a service account',
      'id: 6D3B2A10-0000-4000-8000-00000000C0DE',
      'name: service_login',
      'status: test',
      'description: Someone uses an account that no person should.',
      'level: high',
      'tags: [attack.initial-access, attack.t1078.002]',
      'references: [https://example.com/a]',
      'falsepositives: [Maintenance]',
      'logsource: { product: Linux, service: sshd }',
      'detection:',
      '  selection:',
      '    user.name|startswith: svc-',
      '    event.outcome: [success, unknown]',
      '  words: [password, 42]',
      '  condition: selection and words',
      'fields: [user.name]',
      'ir: { entities: [user.name] }',
    ].join('\n');
    const { documents, problems, warnings } = parseSigma(text, 'rules/test.yml');
    expect([...problems, ...warnings]).toEqual([]);
    const [rule] = documents;
    expect(rule).toMatchObject({
      kind: 'rule',
      id: '6d3b2a10-0000-4000-8000-00000000c0de',
      name: 'service_login',
      level: 'high',
      tags: ['attack.initial-access', 'attack.t1078.002'],
      logsource: { product: 'linux', service: 'sshd' },
      fields: ['user.name'],
      place: { path: 'rules/test.yml', line: 1, column: 1 },
      custom: { ir: { entities: ['user.name'] } },
      condition: { kind: 'and' },
    });
  });

  it('takes medium when no level is given', () => {
    const [rule] = parseSigma(ruleText('a: {f: 1}', 'condition: a'), 'x.yml').documents;
    expect(rule?.level).toBe('medium');
  });

  it('reads several documents and keeps the good ones', () => {
    const good = ruleText('a: {f: 1}', 'condition: a');
    const bad = ruleText('a: {f|nope: 1}', 'condition: a');
    const { documents, problems } = parseSigma(`${good}---\n${bad}---\n${good}`, 'x.yml');
    expect(documents.map(({ place }) => place.line)).toEqual([1, 15]);
    expect(problems.map(({ source }) => source?.line)).toEqual([12]);
  });

  it.each<[string, string[]]>([
    [
      ruleText('a: {f|contain: x}', 'condition: a'),
      ['5:7 unknown modifier "contain" | Did you mean "contains"?'],
    ],
    [ruleText('a:', '  f|re: "(x"', 'condition: a'), []],
    [
      ruleText('selection: {f: x}', 'condition: selektion'),
      ['6:14 the search identifier "selektion" is not defined | Did you mean "selection"?'],
    ],
    [ruleText('a: {f: x}', "condition: 'a and (a'"), ['6:23 a closing parenthesis is missing']],
    [ruleText('a: {f: x}'), ['5:3 the detection has no condition | Add a line "condition: ...".']],
    [
      ruleText('a: {f: {g: x}}', 'condition: a'),
      ['5:10 a value of "f" must be text, a number, true, false or null'],
    ],
    [ruleText('a: {f: []}', 'condition: a'), ['5:7 the list of values of "f" is empty']],
    [ruleText('a: {}', 'condition: a'), ['5:6 the map of fields is empty']],
    [ruleText('a: []', 'condition: a'), ['5:3 the search identifier "a" is empty']],
    [ruleText('a:', 'condition: a'), ['5:3 the search identifier "a" is empty']],
    [
      ruleText('a: {f|cidr: 10.0.0/8}', 'condition: a'),
      ['5:7 modifier "cidr" takes a network such as 192.0.2.0/24 or 2001:db8::/32, not "10.0.0/8"'],
    ],
    [ruleText('a: {f|gt: many}', 'condition: a'), ['5:7 modifier "gt" takes a number, not "many"']],
    [
      ruleText('a: {f|exists: maybe}', 'condition: a'),
      ['5:7 modifier "exists" takes true or false, not "maybe"'],
    ],
    [
      ruleText('a: {f|contains: null}', 'condition: a'),
      ['5:7 modifier "contains" takes text, not null'],
    ],
    [
      ruleText('a: {f|base64: "x*"}', 'condition: a'),
      [
        '5:7 modifier "base64" cannot encode wildcards | Escape the wildcard with a backslash or remove it.',
      ],
    ],
    [
      ruleText('a: {f|contains|base64: x}', 'condition: a'),
      [
        '5:7 modifier "contains" before "base64" would encode its wildcards | Write |base64|contains.',
      ],
    ],
    [
      ruleText('a: {f|contains|startswith: x}', 'condition: a'),
      ['5:7 modifiers "contains" and "startswith" exclude each other'],
    ],
    [
      ruleText('a: {f|i: x}', 'condition: a'),
      ['5:7 modifier "i" belongs after "re" | Write |re|i.'],
    ],
    [
      ruleText('a: {f|expand: "%admins%"}', 'condition: a'),
      [
        '5:7 the placeholder %admins% has no values here | Give it values under "placeholders" in ~/.config/ir/config.yml.',
      ],
    ],
    [
      ruleText('a: {f: x}', 'condition: a | count() > 3', 'timeframe: 5m'),
      [
        '7:3 "timeframe" belongs to aggregations behind a pipe, which are no longer part of Sigma | Write a correlation rule with a timespan that refers to this rule.',
        '6:16 aggregations behind a pipe (such as "| count() > 5") are no longer part of Sigma | Write a correlation rule (type event_count or value_count) that refers to this rule.',
      ],
    ],
    [
      'title: x\n',
      [
        '1:1 the logsource is missing',
        '1:1 the detection is missing | A rule needs "detection" (or "correlation").',
      ],
    ],
    ['- a\n- b\n', ['1:1 a rule must be a map with a title, a logsource and a detection']],
    ['', ['1:1 the file holds no rule']],
    ['title: [\n', ['2:1 invalid YAML: Flow sequence']],
    ['title: a\ntitle: b\n', ['2:1 invalid YAML: Map keys must be unique']],
  ])('%j', (text, expected) => {
    const problems = problemsOf(text);
    if (expected.length === 0)
      expect(problems.join()).toMatch(/^6:5 the regular expression "\(x" cannot be used: /);
    else {
      expect(problems.length).toBe(expected.length);
      for (const [index, problem] of problems.entries()) {
        expect(problem).toContain(expected[index]);
      }
    }
  });

  it.each([
    ['id: 12', /the id "12" is not a UUID/],
    ['level: severe', /unknown level "severe".*informational, low, medium/],
    ['level: hihg', /Did you mean "high"/],
    ['taxonomy: splunk', /taxonomy "splunk"/],
    ['tags: {a: b}', /"tags" must be a list of texts/],
  ])('checks the header: %s', (line, message) => {
    const problems = problemsOf(`${line}\n${ruleText('a: {f: 1}', 'condition: a')}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
  });

  it.each([
    [ruleText('a: {f: 1}', 'b: {f: 2}', 'condition: a'), /does not use the search identifier "b"/],
    [ruleText('a: {sorce.ip: 192.0.2.1}', 'condition: a'), /"sorce.ip" is not an ECS field/],
    [ruleText('a: {f: [x, null]}', 'condition: a'), /null in the list of values/],
    [`lavel: low\n${ruleText('a: {f: 1}', 'condition: a')}`, /unknown attribute "lavel"/],
    [`status: final\n${ruleText('a: {f: 1}', 'condition: a')}`, /unknown status "final"/],
  ])('warns and uses the rule: %j', (text, message) => {
    const { documents, warnings, problems } = parseSigma(text, 'x.yml');
    expect(documents).toHaveLength(1);
    expect(problems).toEqual([]);
    expect(warnings.map((warning) => warning.message).join()).toMatch(message);
  });

  it('shows the line of the mistake', () => {
    const [problem] = parseSigma(ruleText('a: {f|nope: 1}', 'condition: a'), 'x.yml').problems;
    expect(problem?.source).toEqual({
      path: 'x.yml',
      line: 5,
      column: 7,
      text: '  a: {f|nope: 1}',
    });
  });

  it('collects all mistakes of a document', () => {
    const text = `id: x\nlevel: y\n${ruleText('a: {f|nope: 1, g|gt: z}', 'condition: b')}`;
    expect(problemsOf(text).map((problem) => problem.split(' ')[0])).toEqual([
      '1:5',
      '2:8',
      '7:7',
      '7:18',
      '8:14',
    ]);
  });

  it('does not let a rule reach the prototype of objects', () => {
    const text = `__proto__: {polluted: yes}\nconstructor: x\n${ruleText('__proto__: {__proto__: x}', 'condition: __proto__')}`;
    const { documents } = parseSigma(text, 'x.yml');
    expect(documents).toHaveLength(1);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('does not follow a bomb of aliases, and says so once', () => {
    const levels = Array.from(
      { length: 8 },
      (_, i) => `k${i + 1}: &k${i + 1} [${`*k${i}, `.repeat(9)}*k${i}]`,
    );
    const { problems } = parseSigma(['k0: &k0 [x]', ...levels, ''].join('\n'), 'x.yml');
    expect(problems.map(({ message }) => message)).toEqual([
      'its aliases multiply: written out it has more than 500,000 values',
    ]);
  });
});

describe('correlations', () => {
  it('reads all attributes', () => {
    const text = correlationText(
      'type: value_count',
      'rules: [one, two]',
      'group-by: [who]',
      'timespan: 90m',
      'condition: { field: [url.path, url.query], gte: 3, lt: 10 }',
      'aliases: { who: { one: source.ip, two: client } }',
      'generate: true',
    );
    const { documents, problems } = parseSigma(text, 'x.yml');
    expect(problems).toEqual([]);
    expect(documents[0]).toMatchObject({
      kind: 'correlation',
      type: 'value_count',
      references_to: ['one', 'two'],
      groupBy: ['who'],
      timespanSeconds: 5400,
      condition: { gte: 3, lt: 10 },
      countedFields: ['url.path', 'url.query'],
      aliases: new Map([
        [
          'who',
          new Map([
            ['one', 'source.ip'],
            ['two', 'client'],
          ]),
        ],
      ]),
      generate: true,
    });
  });

  it.each([
    ['10s', 10],
    ['5m', 300],
    ['2h', 7200],
    ['1d', 86_400],
    ['2w', 1_209_600],
  ])('reads the timespan %s', (timespan, seconds) => {
    const text = correlationText('type: temporal', 'rules: [a, b]', `timespan: ${timespan}`);
    expect(parseSigma(text, 'x.yml').documents[0]).toMatchObject({
      timespanSeconds: seconds,
      condition: {},
    });
  });

  it.each<[string[], RegExp]>([
    [['type: event_cuont', ...COUNT.slice(1), 'condition: {gte: 1}'], /Did you mean "event_count"/],
    [
      ['type: value_sum', ...COUNT.slice(1), 'condition: {field: [x, y], gte: 1}'],
      /value_sum takes one field, not 2/,
    ],
    [['type: value_avg', ...COUNT.slice(1), 'condition: {gte: 1}'], /value_avg needs a field/],
    [
      [
        'type: value_percentile',
        ...COUNT.slice(1),
        'condition: {field: x, percentile: 101, gt: 1}',
      ],
      /"percentile" takes a number from 0 to 100/,
    ],
    [
      ['type: value_median', ...COUNT.slice(1), 'condition: {field: x, percentile: 5, gt: 1}'],
      /unknown operator "percentile"/,
    ],
    [COUNT, /has no condition/],
    [[...COUNT, 'condition: 5'], /must be a map/],
    [[...COUNT, 'condition: {gte: many}'], /"gte" takes a number/],
    [[...COUNT, 'condition: {gtee: 5}'], /unknown operator "gtee" \| Did you mean "gte"/],
    [[...COUNT, 'condition: {gt: 5, lt: 6}'], /no number of events/],
    [[...COUNT, 'condition: {lt: 1}'], /no number of events/],
    [[...COUNT, 'condition: {eq: 0}'], /no number of events/],
    [['type: value_count', ...COUNT.slice(1), 'condition: {gte: 3}'], /needs a field/],
    [[...COUNT.slice(0, 3), 'timespan: 5', 'condition: {gte: 1}'], /timespan "5" cannot be used/],
    [[...COUNT.slice(0, 3), 'timespan: 0s', 'condition: {gte: 1}'], /timespan "0s" cannot be used/],
    [[...COUNT.slice(0, 3), 'condition: {gte: 1}'], /has no timespan/],
    [['type: temporal', 'timespan: 5m'], /refers to no rules/],
    [['type: temporal', 'rules: [a, a]', 'timespan: 5m'], /refers to "a" twice/],
    [
      [...COUNT, 'condition: {gte: 1}', 'groupby: x'],
      /unknown correlation attribute "groupby" \| Did you mean "group-by"/,
    ],
    [[...COUNT, 'condition: {gte: 1}', 'generate: maybe'], /"generate" must be true or false/],
    [[...COUNT, 'condition: {gte: 1}', 'aliases: [x]'], /"aliases" must be a map/],
  ])('refuses %j', (lines, message) => {
    const problems = problemsOf(correlationText(...lines));
    expect(problems.join('\n')).toMatch(message);
    expect(problems).toHaveLength(1);
  });
});
