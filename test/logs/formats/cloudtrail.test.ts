import { describe, expect, test } from 'vitest';
import { type Event, isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { format } from '../../../src/logs/formats/cloudtrail.ts';
import { splitCloudTrail } from '../../../src/logs/formats/cloudtrail-split.ts';

const clock = createClock({ zone: 'UTC', firstYear: 2024 });
const parse = (record: object): Event => {
  const parsed = format.parse(JSON.stringify(record), clock);
  if (isSkip(parsed)) throw new Error(parsed.skip);
  return parsed;
};
const skipOf = (line: string): string | undefined => {
  const parsed = format.parse(line, clock);
  return isSkip(parsed) ? parsed.skip : undefined;
};

const CALL = { eventVersion: '1.08', eventName: 'GetObject', eventSource: 's3.amazonaws.com' };

describe('time', () => {
  test.each([
    ['2024-06-10T06:13:20Z', '2024-06-10T06:13:20.000Z', 0],
    ['2024-06-10 06:13:20', '2024-06-10T06:13:20.000Z', 0],
    ['2024-06-10 06:13:20.123456789', '2024-06-10T06:13:20.123Z', 456],
    ['2024-06-10T08:13:20+02:00', '2024-06-10T06:13:20.000Z', 0],
    ['2024-06-10T00:13:20-0600', '2024-06-10T06:13:20.000Z', 0],
    [1718000000, '2024-06-10T06:13:20.000Z', 0],
  ])('%s', (eventTime, want, micros) => {
    const { timeUs = 0, timeConfidence } = parse({ ...CALL, eventTime });
    expect(new Date(Math.floor(timeUs / 1000)).toISOString()).toBe(want);
    expect(timeUs % 1000).toBe(micros);
    expect(timeConfidence).toBe('exact');
  });

  test('a record without a time stays an event', () => {
    expect(parse(CALL)).toMatchObject({ timeUs: undefined, timeConfidence: 'none' });
  });
});

describe('who', () => {
  test.each([
    [{ type: 'IAMUser', userName: 'lena' }, 'lena'],
    [{ type: 'Root', arn: 'arn:aws:iam::111122223333:root' }, 'root'],
    [{ type: 'AssumedRole', arn: 'arn:aws:sts::111122223333:assumed-role/deploy/ci-7' }, 'deploy'],
    [
      {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::111122223333:assumed-role/x/y',
        sessionContext: { sessionIssuer: { userName: 'issuer' } },
      },
      'issuer',
    ],
    [{ type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/team/omar' }, 'omar'],
    [{ type: 'FederatedUser', arn: 'arn:aws:sts::111122223333:federated-user/pat' }, 'pat'],
    [{ type: 'AWSService', invokedBy: 'config.amazonaws.com' }, 'config.amazonaws.com'],
    [{ type: 'AWSAccount', accountId: '111122223333' }, undefined],
  ])('%j', (userIdentity, want) => {
    expect(parse({ ...CALL, userIdentity })['user.name']).toBe(want);
  });
});

test.each([
  [{ eventName: 'ConsoleLogin', responseElements: { ConsoleLogin: 'Failure' } }, 'failure'],
  [{ eventName: 'ConsoleLogin', responseElements: { ConsoleLogin: 'Success' } }, 'success'],
  [{ errorCode: 'AccessDenied' }, 'failure'],
  [{ errorMessage: 'Failed authentication' }, 'failure'],
  [{ errorCode: '', responseElements: null }, 'success'],
])('outcome of %j is %s', (part, want) => {
  expect(parse({ ...CALL, ...part })['event.outcome']).toBe(want);
});

test.each([
  ['CreateUser', ['iam'], ['user', 'creation']],
  ['AssumeRole', ['authentication'], ['info']],
  ['DeleteBucket', ['file'], ['deletion']],
  ['StopLogging', undefined, ['info']],
])('class of %s', (eventName, category, type) => {
  const event = parse({ ...CALL, eventName });
  expect(event['event.category']).toEqual(category);
  expect(event['event.type']).toEqual(type);
});

test('addresses of services are no IP addresses', () => {
  const event = parse({ ...CALL, sourceIPAddress: 'cloudformation.amazonaws.com' });
  expect(event['source.ip']).toBeUndefined();
  expect(event['source.address']).toBe('cloudformation.amazonaws.com');
});

test.each([
  ['lookup-events', { EventId: '1', CloudTrailEvent: JSON.stringify(CALL) }],
  ['CloudTrail Lake', { eventJson: JSON.stringify(CALL) }],
  ['EventBridge', { 'detail-type': 'AWS API Call via CloudTrail', detail: CALL }],
  ['a file of one record', { Records: [CALL] }],
])('unwraps %s', (_, outer) => {
  expect(parse(outer)).toMatchObject({ 'event.action': 'GetObject', raw: CALL });
});

test.each([
  ['{"eventVersion":"1.08","eventName":"Get', 'incomplete or invalid JSON'],
  ['[1,2]', 'incomplete or invalid JSON'],
  ['{"level":"info"}', 'JSON without the fields of a CloudTrail record'],
])('skips %s', (line, reason) => {
  expect(skipOf(line)).toBe(reason);
});

test('keys of objects are data', () => {
  const line =
    '{"eventVersion":"1","eventName":"X","__proto__":{"polluted":1},"userIdentity":{"constructor":1}}';
  expect(isSkip(format.parse(line, clock))).toBe(false);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

describe('splitCloudTrail', () => {
  const one = '{"eventName":"A","requestParameters":{"note":"a \\"quoted\\" } ] brace"}}';
  const two = '{"eventName":"B","tags":[{"k":1},{"k":2}]}';
  const textsOf = (text: string): string[] =>
    [...splitCloudTrail(text)].map((record) => record.text);

  test.each([
    ['one line', `{"Records":[${one},${two}]}`],
    ['pretty-printed', `{\n  "Records": [\n    ${one},\n    ${two}\n  ]\n}\n`],
    ['list behind other keys', `{"NextToken":"x","Events":[${one},${two}],"More":{"a":[1]}}`],
    ['plain array', `[\n${one},\n${two}\n]`],
    ['several documents', `{"Records":[${one}]}\n{"Records":[${two}]}`],
    ['objects one after the other', `${one}${two}`],
    ['one a line', `${one}\n${two}\n`],
    ['byte order mark', `\ufeff{"Records":[${one},${two}]}`],
  ])('%s', (_, text) => {
    expect(textsOf(text)).toEqual([one, two]);
    for (const record of splitCloudTrail(text)) {
      expect(text.slice(record.offset, record.offset + record.text.length)).toBe(record.text);
      expect(record.line).toBe(text.slice(0, record.offset).split('\n').length);
    }
  });

  test('a cut file gives what it has, the rest as it is', () => {
    expect(textsOf(`{"Records":[${one},${two.slice(0, 20)}`)).toEqual([one, two.slice(0, 20)]);
  });

  test('text between records is handed out, to be counted', () => {
    expect(textsOf(`${one}\noops\n${two}`)).toEqual([one, 'oops', two]);
  });

  test.each([
    '',
    '{',
    '[',
    '[[[',
    '{"Records"',
    '{"Records":[',
    '{"a":',
    '"',
    '{"a":"\\',
    ']',
    '}}',
  ])('ends on %j', (text) => {
    expect(textsOf(text).length).toBeLessThanOrEqual(3);
  });

  test('time grows with the text, not with its square', () => {
    const hostile = `{"Records":[${'{"a":"\\\\'.repeat(100_000)}`;
    const before = process.cpuUsage();
    textsOf(hostile);
    textsOf('{"'.repeat(200_000));
    textsOf('[{"a":'.repeat(200_000));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(4000);
  });
});

test.each([
  ['{"Records":[{"eventVersion":"1.08","awsRegion":"us-east-1"', true],
  ['[\n  {\n    "awsRegion": "us-east-1",\n "eventName": "X"', true],
  ['{\n  "eventVersion": "1.08",\n  "userIdentity": {', true],
  ['{"Events":[{"EventId":"1","CloudTrailEvent":"{', true],
  ['{"eventVersion":"1.08","awsRegion":"us-east-1","eventName":"X"}\n{"eventVersion"', false],
  ['[{"eventName":"X","eventSource":"s3.amazonaws.com","description":"a list"}]', false],
  ['{"Records":[{"level":"info"}]}', false],
])('is %s a document: %s', (head, want) => {
  expect(format.records?.detect(head)).toBe(want);
});
