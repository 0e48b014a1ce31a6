/** AWS CloudTrail: records one a line, or files of `{"Records": [...]}` as they are delivered to S3. */
import { readIp } from '../../events/address.ts';
import { type Event, type Skip, skip } from '../../events/event.ts';
import { classifyAction } from './cloudtrail-actions.ts';
import { cloudTrailSplitter, looksLikeRecords } from './cloudtrail-split.ts';
import type { LogFormat } from './log-format.ts';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An own property as text; numbers and booleans in their JSON form. Empty text counts as absent. */
function textOf(from: unknown, key: string): string | undefined {
  if (!isObject(from) || !Object.hasOwn(from, key)) return undefined;
  const value = from[key];
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** A number of bytes above 0. */
function countOf(from: unknown, key: string): number | undefined {
  const count = isObject(from) && Object.hasOwn(from, key) ? Number(from[key]) : 0;
  return Number.isSafeInteger(count) && count > 0 ? count : undefined;
}

function objectOf(from: unknown, key: string): Json | undefined {
  if (!isObject(from) || !Object.hasOwn(from, key)) return undefined;
  const value = from[key];
  return isObject(value) ? value : undefined;
}

/** Keys under which services pass a whole record on as text or as an object. */
const ENVELOPES = ['CloudTrailEvent', 'eventJson', 'eventjson', 'eventData', 'detail'] as const;

/** The record within what EventBridge, CloudTrail Lake or `lookup-events` put around it. */
function unwrap(outer: Json): Json {
  if (Object.hasOwn(outer, 'eventName')) return outer;
  for (const key of ENVELOPES) {
    const object = objectOf(outer, key);
    if (object !== undefined) return object;
    const text = textOf(outer, key);
    const inner = text === undefined ? undefined : parseJson(text);
    if (isObject(inner)) return inner;
  }
  const records = outer['Records'];
  return Array.isArray(records) && records.length === 1 && isObject(records[0])
    ? records[0]
    : outer;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const TIME =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?\s?(?:Z|UTC|([+-])(\d\d):?(\d\d))?$/;

/** Microseconds since the epoch. CloudTrail writes UTC; exports drop the `Z` and add a fraction. */
function parseTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{10}(?:\.\d{1,9})?$/.test(text)) return Math.round(Number(text) * 1_000_000);
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHour, offsetMinute] =
    match;
  const ms = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const east = sign === undefined ? 0 : Number(offsetHour) * 60 + Number(offsetMinute);
  const offsetMs = (sign === '-' ? -east : east) * 60_000;
  return (ms - offsetMs) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** The first of these that is a time: the record's own, then those of exporters. */
function timeOf(record: Json, outer: Json): number | undefined {
  return (
    parseTime(textOf(record, 'eventTime')) ??
    parseTime(textOf(record, 'digestEndTime')) ??
    parseTime(textOf(outer, 'EventTime')) ??
    parseTime(textOf(outer, 'time')) ??
    parseTime(textOf(record, '@timestamp')) ??
    parseTime(textOf(record, 'p_event_time'))
  );
}

/** A role of IAM Identity Center is the same for all who may take it: who it is, says the name of the session. */
const SINGLE_SIGN_ON = /:assumed-role\/AWSReservedSSO_[^/]{1,64}\/([^/]{1,64})$/;

/** Who made the call, by the kind of identity. */
function userName(identity: Json | undefined): string | undefined {
  const named = textOf(identity, 'userName');
  if (named !== undefined) return named;
  const person = SINGLE_SIGN_ON.exec(textOf(identity, 'arn') ?? '')?.[1];
  if (person !== undefined) return person;
  const issuer = objectOf(objectOf(identity, 'sessionContext'), 'sessionIssuer');
  const issuerName = textOf(issuer, 'userName');
  if (issuerName !== undefined) return issuerName;
  const type = textOf(identity, 'type');
  if (type === 'Root') return 'root';
  // arn:aws:sts::111122223333:assumed-role/ROLE/SESSION, arn:aws:iam::111122223333:user/path/NAME
  const parts = textOf(identity, 'arn')?.split(':')[5]?.split('/');
  if (parts !== undefined && parts.length > 1) {
    return parts[0] === 'assumed-role' ? parts[1] : parts.at(-1);
  }
  return textOf(identity, 'invokedBy');
}

/** `s3://exports/2026/a.csv`, as the tools of AWS write it. */
function objectPath(request: Json | undefined): string | undefined {
  const [bucket, key] = [textOf(request, 'bucketName'), textOf(request, 'key')];
  return bucket === undefined || key === undefined ? undefined : `s3://${bucket}/${key}`;
}

function outcomeOf(record: Json, action: string | undefined): 'success' | 'failure' {
  if (textOf(record, 'errorCode') !== undefined) return 'failure';
  if (textOf(record, 'errorMessage') !== undefined) return 'failure';
  // Sign-in events answer under their own name: {"ConsoleLogin": "Failure"}.
  const answer = textOf(objectOf(record, 'responseElements'), action ?? '');
  return answer === 'Failure' ? 'failure' : 'success';
}

function buildEvent(record: Json, outer: Json): Event {
  const timeUs = timeOf(record, outer);
  const action = textOf(record, 'eventName');
  const provider = textOf(record, 'eventSource');
  const identity = objectOf(record, 'userIdentity');
  const request = objectOf(record, 'requestParameters');
  const additional = objectOf(record, 'additionalEventData');
  const address = textOf(record, 'sourceIPAddress');
  const user = userName(identity);
  const target = textOf(request, 'userName');
  const outcome = outcomeOf(record, action);
  const { category, type } = classifyAction(action ?? '');
  const errorCode = textOf(record, 'errorCode');
  return {
    timeUs,
    timeConfidence: timeUs === undefined ? 'none' : 'exact',
    format: 'cloudtrail',
    message: describe(record, action, user, address, target),
    'event.kind': 'event',
    'event.category': category,
    'event.type': type,
    'event.action': action,
    'event.outcome': outcome,
    'event.dataset': 'aws.cloudtrail',
    'event.provider': provider,
    'event.code': textOf(record, 'eventType'),
    'event.id': textOf(record, 'eventID'),
    'source.ip': address === undefined ? undefined : readIp(address),
    'source.address': address,
    'source.bytes': countOf(additional, 'bytesTransferredIn'),
    'destination.bytes': countOf(additional, 'bytesTransferredOut'),
    'user.name': user,
    'user.id': textOf(identity, 'principalId'),
    'user.target.name': target,
    'group.name': textOf(request, 'groupName'),
    'file.path': textOf(record, 'digestS3Object') ?? objectPath(request),
    'user_agent.original': textOf(record, 'userAgent'),
    'error.code': errorCode,
    'error.message': textOf(record, 'errorMessage'),
    'session.id': textOf(identity, 'accessKeyId'),
    'cloud.provider': 'aws',
    'cloud.region': textOf(record, 'awsRegion'),
    'cloud.account.id': textOf(record, 'recipientAccountId') ?? textOf(identity, 'accountId'),
    'cloud.service.name': provider?.split('.')[0],
    'tls.version': textOf(objectOf(record, 'tlsDetails'), 'tlsVersion')?.replace(/^TLSv/, ''),
    raw: record,
  };
}

/** One line for people: what was called, on whom, by whom, from where, and why it failed. */
function describe(
  record: Json,
  action: string | undefined,
  user: string | undefined,
  address: string | undefined,
  target: string | undefined,
): string {
  const parts = [action ?? textOf(record, 'eventType') ?? 'CloudTrail record'];
  if (target !== undefined) parts.push(`for ${target}`);
  if (user !== undefined) parts.push(`by ${user}`);
  if (address !== undefined) parts.push(`from ${address}`);
  const error = textOf(record, 'errorCode') ?? textOf(record, 'errorMessage');
  if (error !== undefined) parts.push(`(failed: ${error})`);
  return parts.join(' ');
}

function parseRecord(text: string): Event | Skip {
  const outer = parseJson(text);
  if (!isObject(outer)) return skip('incomplete or invalid JSON');
  const record = unwrap(outer);
  const isTrail =
    Object.hasOwn(record, 'eventName') ||
    Object.hasOwn(record, 'eventVersion') ||
    Object.hasOwn(record, 'digestEndTime');
  if (!isTrail) return skip('JSON without the fields of a CloudTrail record');
  return buildEvent(record, outer);
}

function detectLine(line: string): boolean {
  if (!line.trimStart().startsWith('{')) return false;
  const isRecord = ['"eventVersion"', '"awsRegion"', '.amazonaws.com"'].some((each) =>
    line.includes(each),
  );
  if (isRecord && line.includes('"eventName"') && line.includes('"eventSource"')) return true;
  if (line.includes('"CloudTrailEvent"') || line.includes('"digestS3Object"')) return true;
  return line.includes('"eventVersion"') && line.includes('"awsRegion"');
}

/** The API calls of an AWS account, as CloudTrail, EventBridge and CloudTrail Lake write them. */
export const format: LogFormat = {
  name: 'cloudtrail',
  title: 'AWS CloudTrail',
  url: 'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference.html',
  order: 2,
  sources: [{ products: ['aws'], services: ['cloudtrail'] }],
  ownNames: /^/,
  isNamedAnywhere: true,
  forgeable: { 'user.name': 'json', 'user_agent.original': 'json' },
  detect: detectLine,
  parse: (line) => parseRecord(line),
  records: { detect: looksLikeRecords, splitter: cloudTrailSplitter },
  splittable: true,
  samples: [
    {
      lines: [
        '{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLEONE","arn":"arn:aws:iam::111122223333:user/lena","accountId":"111122223333","userName":"lena"},"eventTime":"2024-06-10T06:13:20Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","awsRegion":"eu-central-1","sourceIPAddress":"198.51.100.77","userAgent":"Mozilla/5.0 (X11; Linux x86_64)","errorMessage":"Failed authentication","requestParameters":null,"responseElements":{"ConsoleLogin":"Failure"},"additionalEventData":{"MFAUsed":"No"},"eventID":"0d0c7d0e-0000-4000-8000-000000000001","eventType":"AwsConsoleSignIn","recipientAccountId":"111122223333"}',
      ],
      expect: {
        time: '2024-06-10T06:13:20.000000Z',
        'event.action': 'ConsoleLogin',
        'event.category': ['authentication'],
        'event.outcome': 'failure',
        'event.provider': 'signin.amazonaws.com',
        'source.ip': '198.51.100.77',
        'user.name': 'lena',
        'cloud.region': 'eu-central-1',
        'cloud.account.id': '111122223333',
      },
    },
    {
      lines: [
        '{"version":"0","id":"5c1f","detail-type":"AWS API Call via CloudTrail","source":"aws.iam","account":"111122223333","time":"2024-06-10T07:00:00Z","region":"us-east-1","detail":{"eventVersion":"1.09","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:build","arn":"arn:aws:sts::111122223333:assumed-role/ci-deploy/build","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE"},"eventTime":"2024-06-10T06:59:58Z","eventSource":"iam.amazonaws.com","eventName":"CreateAccessKey","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.40","userAgent":"aws-cli/2.15.0","errorCode":"AccessDenied","requestParameters":{"userName":"backup"},"responseElements":null,"eventID":"0d0c7d0e-0000-4000-8000-000000000002","eventType":"AwsApiCall"}}',
      ],
      expect: {
        time: '2024-06-10T06:59:58.000000Z',
        'event.action': 'CreateAccessKey',
        'event.category': ['iam'],
        'event.outcome': 'failure',
        'error.code': 'AccessDenied',
        'user.name': 'ci-deploy',
        'user.target.name': 'backup',
        'session.id': 'ASIAEXAMPLE',
      },
    },
    {
      lines: [
        '{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:lena@example.com","arn":"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Platform_6f1c2d3e4b5a6978/lena@example.com","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE","sessionContext":{"sessionIssuer":{"type":"Role","userName":"AWSReservedSSO_Platform_6f1c2d3e4b5a6978"}}},"eventTime":"2024-06-10T07:01:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-central-1","sourceIPAddress":"203.0.113.40","requestParameters":{"bucketName":"exports","key":"a.csv"},"responseElements":null,"additionalEventData":{"bytesTransferredIn":0,"bytesTransferredOut":4711},"eventID":"0d0c7d0e-0000-4000-8000-000000000003","eventType":"AwsApiCall","recipientAccountId":"111122223333"}',
      ],
      expect: {
        time: '2024-06-10T07:01:00.000000Z',
        'event.action': 'GetObject',
        'event.outcome': 'success',
        'source.ip': '203.0.113.40',
        'destination.bytes': 4711,
        'file.path': 's3://exports/a.csv',
        'user.name': 'lena@example.com',
        'session.id': 'ASIAEXAMPLE',
      },
    },
  ],
};
