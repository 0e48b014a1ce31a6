/** S3: the objects below a prefix, unpacked: CloudTrail's records, and lines of all else. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { askSigned } from './aws.ts';
import type { Connector, JsonRecord, Reach, Source, SourceRecord } from './connector.ts';
import { remoteError } from './exchange.ts';

const NOTHING = createHash('sha256').update('').digest('hex');
/** An object of logs is no larger unpacked. */
const MOST_OBJECT = 512 * 1024 * 1024;

interface Cursor {
  /** The last key that was read. */
  after: string;
}

const encodedKey = (key: string): string =>
  key
    .split('/')
    .map((part) =>
      encodeURIComponent(part).replace(
        /[!'()*]/g,
        (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join('/');

function source(reach: Reach): Source {
  const { host: bucket, path: prefix, params } = reach.place;
  const region =
    params['region'] ?? reach.env['AWS_REGION'] ?? reach.env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const named = reach.env['AWS_ENDPOINT_URL_S3'] ?? reach.env['AWS_ENDPOINT_URL'];
  const base = named
    ? `${named.replace(/\/$/, '')}/${bucket}`
    : `https://${bucket}.s3.${region}.amazonaws.com`;
  const get = (url: string) =>
    askSigned(reach, 's3', region, {
      method: 'GET',
      url,
      headers: { 'x-amz-content-sha256': NOTHING },
    });
  return {
    describe: ({ since, until }) =>
      `objects of s3://${bucket}/${prefix} ${since?.toISOString() ?? ''} ${until?.toISOString() ?? ''}`.trim(),
    async *read({ since, until, query }, cursor) {
      if (query !== undefined)
        throw remoteError(
          'S3 has no language to ask in',
          'Leave out --query, and name a longer prefix.',
        );
      let after = (cursor as Cursor | undefined)?.after;
      for (;;) {
        const parameters = new URLSearchParams({
          'list-type': '2',
          prefix,
          ...(after === undefined ? {} : { 'start-after': after }),
        });
        const listed = (
          await get(`${base}/?${parameters.toString().replace(/\+/g, '%20')}`)
        ).body.toString('utf8');
        if (!listed.includes('<ListBucketResult'))
          throw remoteError(
            `${base} answers, but not as S3 does`,
            'Is this the address of the bucket?',
          );
        const objects = [...listed.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)].map(
          ([, one = '']) => ({
            key: unescaped(/<Key>([\s\S]*?)<\/Key>/.exec(one)?.[1] ?? ''),
            time: Date.parse(/<LastModified>([^<]*)/.exec(one)?.[1] ?? ''),
          }),
        );
        for (const { key, time } of objects) {
          after = key;
          // An object holds what was before it was written.
          if (key.endsWith('/') || (since !== undefined && time < since.getTime())) continue;
          if (until !== undefined && time > until.getTime() + 24 * 3_600_000) continue;
          const { body } = await get(`${base}/${encodedKey(key)}`);
          yield { records: recordsOf(key, body), cursor: { after: key } satisfies Cursor };
        }
        if (!/<IsTruncated>true/.test(listed)) return;
        if (objects.length === 0)
          throw remoteError('S3 says that there is more, and lists nothing');
      }
    },
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};
const unescaped = (text: string): string =>
  text.replace(
    /&(?:#(\d{1,7})|(\w{2,4}));/g,
    (whole, code: string | undefined, name: string | undefined) =>
      code === undefined ? (ENTITIES[name ?? ''] ?? whole) : String.fromCodePoint(Number(code)),
  );

function recordsOf(key: string, body: Buffer): SourceRecord[] {
  const isPacked = body[0] === 0x1f && body[1] === 0x8b;
  let text: string;
  try {
    text = (isPacked ? gunzipSync(body, { maxOutputLength: MOST_OBJECT }) : body).toString('utf8');
  } catch {
    throw remoteError(
      `${key} cannot be unpacked: it is damaged, or a bomb`,
      'Fetch it by itself and look at it.',
    );
  }
  if (text.startsWith('{"Records":')) {
    try {
      const { Records: records } = JSON.parse(text) as { Records: readonly JsonRecord[] };
      return records.map((record, index) => ({ id: `${key}#${index}`, record }));
    } catch {
      throw remoteError(`${key} is half a document`);
    }
  }
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line, index) => ({
      id: `${key}#${index}`,
      record: { message: line, log: { file: { path: key } }, stream: 's3' },
    }));
}

/** The connector. */
export const connector: Connector = {
  schemes: ['s3'],
  title: 'AWS S3',
  example: 's3://BUCKET/AWSLogs/111122223333/CloudTrail/?region=eu-central-1',
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/API/',
  secrets: {},
  source,
};
