/** What every connector promises, against a stand-in that pages, throttles, cuts, refuses and hangs as the maker's documents say. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer as createTcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Asked, SinkDocument } from '../../src/connectors/connector.ts';
import { CONNECTORS, connectorOf } from '../../src/connectors/connectors.ts';
import { chunksOf } from '../../src/connectors/gelf.ts';
import { parsePlace } from '../../src/connectors/place.ts';
import { pushDocuments } from '../../src/connectors/push-documents.ts';
import { createForwardReader } from '../../src/watch/receive/forward.ts';
import { type Certificate, hasOpenssl, makeCertificate } from './certificates.ts';
import { type Reply, type Request, reachOf, type StandIn, standIn } from './stand-in.ts';

const ASKED: Asked = {
  since: new Date('2026-11-24T10:00:00Z'),
  until: new Date('2026-11-24T11:00:00Z'),
  query: undefined,
};
const AWS = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };

interface SourceCase {
  name: string;
  place(host: string): string;
  env?(host: string): Record<string, string>;
  secrets?: Record<string, string>;
  asked?: Partial<Asked>;
  answer(request: Request): Reply;
  /** How many records there are, however often they are given. */
  count: number;
  /** Of every request. */
  header?: readonly [string, RegExp];
}

/** Of a list, the page behind the one whose last item is named. */
const jsonBody = (request: Request): Record<string, unknown> =>
  JSON.parse(request.body || '{}') as Record<string, unknown>;
const instant = (second: number): string =>
  new Date(Date.parse('2026-11-24T10:00:00Z') + second * 1000).toISOString();

const SOURCES: readonly SourceCase[] = [
  {
    name: 'Elasticsearch by its wire format',
    place: (host) => `elasticsearch+http://${host}/logs-*`,
    secrets: { api_key: 'k' },
    header: ['authorization', /^ApiKey k$/],
    count: 3,
    answer(request) {
      const headers = { 'x-elastic-product': 'Elasticsearch' };
      const { pathname } = request.url;
      if (pathname === '/') return { headers, body: { version: { number: '8.17.0' } } };
      if (pathname.endsWith('/_pit'))
        return { headers, body: request.method === 'DELETE' ? {} : { id: 'pit-1' } };
      if (pathname.endsWith('/_field_caps')) return { headers, body: { fields: {} } };
      const { search_after: after, sort } = jsonBody(request) as {
        search_after?: [number];
        sort: object[];
      };
      if (!JSON.stringify(sort).includes('_shard_doc')) return { status: 400, body: 'no tie' };
      const from = after === undefined ? 0 : after[0];
      const hits = [1, 2, 3]
        .filter((one) => one > from)
        .slice(0, 2)
        .map((one) => ({
          ...{ _index: 'logs-1', _id: `d${one}`, sort: [one, 0] },
          _source: { '@timestamp': instant(one), message: `line ${one}` },
        }));
      // It lies about the total.
      return {
        headers,
        body: {
          pit_id: 'pit-2',
          _shards: { total: 1, failed: 0 },
          hits: { total: { value: 99 }, hits },
        },
      };
    },
  },
  {
    name: 'Splunk, with previews before results',
    place: (host) => `splunk+http://${host}/main`,
    secrets: { token: 'tok' },
    header: ['authorization', /^Splunk tok$/],
    count: 2,
    answer: ({ body }) => {
      const rows = body.includes('earliest_time') ? [1, 2] : [];
      return {
        body: [
          '{"preview":true,"offset":0,"result":{"_cd":"0:9","_raw":"early"}}',
          ...rows.map(
            (one) =>
              `{"preview":false,"result":{"_bkt":"m","_cd":"0:${one}","_raw":"line ${one}"}}`,
          ),
          '',
        ].join('\n'),
      };
    },
  },
  {
    name: 'Graylog',
    place: (host) => `graylog+http://${host}`,
    secrets: { token: 'tok' },
    header: ['authorization', /^Basic dG9rOnRva2Vu$/],
    count: 2,
    answer: () => ({
      body: {
        messages: [1, 2].map((one) => ({
          message: { _id: `m${one}`, timestamp: instant(one), message: 'x' },
        })),
      },
    }),
  },
  {
    name: 'Loki',
    place: (host) => `loki+http://${host}/shop`,
    secrets: { tenant: 'team' },
    header: ['x-scope-orgid', /^team$/],
    count: 3,
    answer: ({ url }) => ({
      body: {
        data: {
          resultType: 'streams',
          result: [
            {
              stream: { job: 'shop' },
              values: [1, 2, 3].map((one) => [`${Date.parse(instant(one))}000000`, `line ${one}`]),
            },
          ].filter(() => url.searchParams.get('direction') === 'forward'),
        },
      },
    }),
  },
  {
    name: 'Datadog',
    place: (host) => `datadog+http://${host}/shop`,
    secrets: { api_key: 'a', app_key: 'b' },
    header: ['dd-application-key', /^b$/],
    count: 2,
    answer(request) {
      const { page } = jsonBody(request) as { page: { cursor?: string } };
      const isSecond = page.cursor === 'next';
      return {
        body: {
          data: [
            { id: isSecond ? '2' : '1', attributes: { message: 'line', timestamp: instant(1) } },
          ],
          ...(isSecond ? {} : { meta: { page: { after: 'next' } } }),
        },
      };
    },
  },
  {
    name: 'New Relic',
    place: (host) => `newrelic+http://${host}/1234567`,
    secrets: { api_key: 'NRAK' },
    header: ['api-key', /^NRAK$/],
    count: 1,
    answer: () => ({
      body: {
        data: {
          actor: {
            account: { nrql: { results: [{ messageId: '1', message: 'line', timestamp: 1 }] } },
          },
        },
      },
    }),
  },
  {
    name: 'CloudWatch Logs, whose empty page is not the last',
    place: () => 'cloudwatch://eu-central-1//aws/lambda/shop',
    env: (host) => ({ ...AWS, AWS_ENDPOINT_URL: `http://${host}` }),
    header: [
      'authorization',
      /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-central-1\/logs\//,
    ],
    count: 2,
    answer(request) {
      const { nextToken } = jsonBody(request) as { nextToken?: string };
      const event = (id: string) => ({
        eventId: id,
        timestamp: 1,
        message: 'line',
        logStreamName: 's',
      });
      if (nextToken === undefined) return { body: { events: [event('1')], nextToken: 'a' } };
      if (nextToken === 'a') return { body: { events: [], nextToken: 'b' } };
      return { body: { events: [event('2')] } };
    },
  },
  {
    name: 'CloudWatch Logs Insights, whose query takes its time',
    place: () => 'cloudwatch://eu-central-1//aws/lambda/shop?insights=true',
    env: (host) => ({ ...AWS, AWS_ENDPOINT_URL: `http://${host}` }),
    count: 2,
    answer(request) {
      if (String(request.headers['x-amz-target']).endsWith('StartQuery'))
        return { body: { queryId: 'q1' } };
      const row = (id: string) => [
        { field: '@timestamp', value: '2026-11-24 10:00:01.000' },
        ...[
          { field: '@message', value: 'line' },
          { field: '@ptr', value: id },
        ],
      ];
      const isDone = server!.got.filter(({ body }) => body.includes('q1')).length > 1;
      return {
        body: isDone
          ? { status: 'Complete', results: [row('1'), row('2')] }
          : { status: 'Running', results: [row('1')] },
      };
    },
  },
  {
    name: 'S3',
    place: () => 's3://bucket/AWSLogs/',
    env: (host) => ({ ...AWS, AWS_ENDPOINT_URL_S3: `http://${host}` }),
    header: ['x-amz-content-sha256', /^e3b0c442/],
    count: 3,
    answer({ url }) {
      if (url.searchParams.has('list-type')) {
        const after = url.searchParams.get('start-after');
        const key = after === null ? 'AWSLogs/a&amp;1.json' : 'AWSLogs/b.log';
        return {
          body: `<ListBucketResult><IsTruncated>${after === null}</IsTruncated><Contents><Key>${key}</Key><LastModified>2026-11-24T10:30:00Z</LastModified></Contents></ListBucketResult>`,
        };
      }
      return {
        body: url.pathname.endsWith('.json')
          ? '{"Records":[{"eventName":"A"},{"eventName":"B"}]}'
          : 'h2 2026-11-24T10:00:00Z app/lb\n',
      };
    },
  },
  {
    name: 'Prometheus',
    place: (host) => `prometheus+http://${host}`,
    asked: { query: 'up' },
    count: 2,
    answer: ({ body }) => ({
      body: {
        status: 'success',
        data: {
          resultType: 'matrix',
          result: [
            {
              metric: { job: 'a' },
              values: body.includes('query=up')
                ? [
                    [1795514400, '1'],
                    [1795514460, '0'],
                  ]
                : [],
            },
          ],
        },
      },
    }),
  },
];

let server: StandIn | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function readAll(
  one: SourceCase,
  first: readonly Reply[] = [],
  more: Parameters<typeof reachOf>[1] = {},
) {
  server = await standIn(one.answer);
  server.first.push(...first);
  const place = one.place(server.host);
  const reach = reachOf(place, {
    secrets: one.secrets ?? {},
    env: one.env?.(server.host) ?? {},
    ...more,
  });
  const { source } = connectorOf(parsePlace(place));
  const records = [];
  for await (const page of source!(reach).read({ ...ASKED, ...one.asked }, undefined)) {
    // A cursor is kept as JSON.
    if (page.cursor !== undefined)
      expect(JSON.parse(JSON.stringify(page.cursor))).toEqual(page.cursor);
    records.push(...page.records);
  }
  return records;
}

describe.each(SOURCES)('$name', (one) => {
  it('gives every record once', async () => {
    const records = await readAll(one);
    expect(records.length).toBe(one.count);
    const ids = records.flatMap(({ id }) => id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    if (one.header !== undefined)
      for (const { headers } of server!.got) expect(headers[one.header[0]]).toMatch(one.header[1]);
  });

  it('waits as it is asked to, and asks again after half an answer', async () => {
    const waits: number[] = [];
    const first = [
      { status: 429, headers: { 'retry-after': '7' } },
      { body: { half: 'of an answer' }, isCut: true },
      { status: 503 },
    ];
    expect((await readAll(one, first, { waits })).length).toBe(one.count);
    expect(waits[0]).toBe(7000);
    // Beside those, Insights waits for its query.
    expect(waits.filter((ms) => ms !== 1000).length).toBe(3);
  });

  it('says that credentials are refused, and asks no more', async () => {
    await expect(readAll(one, [{ status: 403, body: 'expired' }])).rejects.toMatchObject({
      exit: 5,
      message: expect.stringContaining('403'),
    });
    expect(server!.got.length).toBe(1);
  });

  it('gives up on what never answers', async () => {
    const silent = Array.from({ length: 6 }, () => ({ isSilent: true }));
    await expect(readAll(one, silent, { timeoutMs: 60 })).rejects.toMatchObject({
      exit: 5,
      message: expect.stringContaining('no answer'),
    });
  });

  it('takes a page for people for none of its answers', async () => {
    await expect(readAll(one, [{ body: '<html>Sign in</html>' }])).rejects.toMatchObject({
      exit: 5,
    });
  });
});

const DOCUMENTS: readonly SinkDocument[] = [1, 2, 3].map((one) => ({
  id: `id${one}`,
  timeUs: 1_795_514_400_000_000 + one,
  fields: {
    '@timestamp': instant(one),
    host: { hostname: 'web01' },
    event: { original: `line ${one}`, category: ['web'] },
    ir: { id: `id${one}` },
  },
  text: `line ${one}`,
}));

const SINKS: readonly {
  name: string;
  place(host: string): string;
  secrets: Record<string, string>;
  parts: number;
  reply: Reply;
}[] = [
  {
    name: 'Splunk',
    place: (host) => `splunk+http://${host}/main`,
    secrets: { token: 't' },
    parts: 1,
    reply: { body: { text: 'Success', code: 0 } },
  },
  {
    name: 'Loki',
    place: (host) => `loki+http://${host}/ir`,
    secrets: {},
    parts: 1,
    reply: { status: 204 },
  },
  {
    name: 'Datadog',
    place: (host) => `datadog+http://${host}`,
    secrets: { api_key: 'a' },
    parts: 1,
    reply: { status: 202, body: {} },
  },
  {
    name: 'New Relic',
    place: (host) => `newrelic+http://${host}/1`,
    secrets: { license_key: 'a' },
    parts: 1,
    reply: { status: 202, body: {} },
  },
  {
    name: 'Logstash',
    place: (host) => `logstash+http://${host}`,
    secrets: {},
    parts: 1,
    reply: { body: 'ok' },
  },
  {
    name: 'Fluent Bit',
    place: (host) => `fluentbit+http://${host}/ir.events`,
    secrets: {},
    parts: 1,
    reply: { status: 201 },
  },
];

describe.each(SINKS)('$name takes events', ({ place, secrets, reply }) => {
  const write = async (first: readonly Reply[]) => {
    server = await standIn(() => reply);
    server.first.push(...first);
    const where = place(server.host);
    const sink = connectorOf(parsePlace(where)).sink!(reachOf(where, { secrets }));
    const written = await sink.write(DOCUMENTS);
    await sink.close?.();
    return written;
  };

  it('each of them once, after it was throttled', async () => {
    expect(await write([{ status: 429, headers: { 'retry-after': '1' } }])).toEqual({
      written: 3,
      known: 0,
      refused: [],
    });
    for (const { text } of DOCUMENTS) expect(server!.got.at(-1)!.body).toContain(text);
  });

  it('in halves where it is too much at once', async () => {
    expect(await write([{ status: 413 }])).toMatchObject({ written: 3, refused: [] });
    expect(server!.got.length).toBe(3);
  });

  it('and what it refuses is named', async () => {
    const { written, refused } = await write([{ status: 400, body: 'no such index' }]);
    expect([written, refused.map(({ id }) => id)]).toEqual([0, ['id1', 'id2', 'id3']]);
    expect(refused[0]!.reason).toContain('no such index');
  });
});

it('Datadog is told of a finding as an event, once', async () => {
  server = await standIn(() => ({ status: 202, body: { status: 'ok' } }));
  server.first.push({ status: 429, headers: { 'retry-after': '1' } });
  const place = `datadogevents+http://${server.host}`;
  const sink = connectorOf(parsePlace(place)).sink!(reachOf(place, { secrets: { api_key: 'a' } }));
  const found = {
    ...DOCUMENTS[0]!,
    fields: { ir: { level: 'high' }, rule: { name: 'web_shell' } },
  };
  expect(await sink.write([found])).toMatchObject({ written: 1 });
  expect(jsonBody(server.got[1]!)).toMatchObject({
    ...{
      title: 'line 1',
      alert_type: 'error',
      aggregation_key: 'id1',
      date_happened: 1_795_514_400,
    },
    tags: ['ir', 'level:high', 'rule:web_shell'],
  });
  expect(server.got[1]!.headers['dd-api-key']).toBe('a');
});

describe('Grafana', () => {
  const write = async (first: readonly Reply[]) => {
    server = await standIn(() => ({ body: { message: 'Annotation added', id: 1 } }));
    server.first.push(...first);
    const place = `grafana+http://${server.host}`;
    const sink = connectorOf(parsePlace(place)).sink!(reachOf(place, { secrets: { token: 't' } }));
    return sink.write(
      DOCUMENTS.map((one) => ({ ...one, fields: { ir: { level: 'high' }, rule: { name: 'x' } } })),
    );
  };

  it('is given an annotation for each, once, after it was throttled', async () => {
    const throttled = [{ status: 429, headers: { 'retry-after': '1' } }];
    expect(await write(throttled)).toEqual({ written: 3, known: 0, refused: [] });
    const { url, headers } = server!.got[0]!;
    expect([url.pathname, headers['authorization']]).toEqual(['/api/annotations', 'Bearer t']);
    expect(server!.got.slice(1).map(jsonBody)).toEqual(
      [1, 2, 3].map((one) => ({
        time: 1_795_514_400_000,
        tags: ['ir', 'high', 'x', `ir:id${one}`],
        text: `line ${one}`,
      })),
    );
  });

  it('names what it refuses, and gets the others', async () => {
    const written = await write([{ status: 400, body: { message: 'bad time' } }]);
    expect(written).toMatchObject({ written: 2, refused: [{ id: 'id1' }] });
    expect(written.refused[0]!.reason).toContain('bad time');
  });

  it.each([
    ['an answer is cut', { body: { half: 'of it' }, isCut: true }, 'may have arrived'],
    ['the token is expired', { status: 401, body: { message: 'Expired API key' } }, '401'],
  ])('is sent nothing twice where %s', async (_, reply, says) => {
    await expect(write([reply])).rejects.toMatchObject({
      exit: 5,
      message: expect.stringContaining(says),
    });
    expect(server!.got.length).toBe(1);
  });
});

describe.runIf(hasOpenssl())('a certificate that is wrong', () => {
  let own: Certificate;
  const made = new Map<string, Certificate>();
  const KINDS = [
    ['self-signed', 'IP:127.0.0.1', 2],
    ['of another host', 'DNS:other.example', 2],
    ['expired', 'IP:127.0.0.1', -1],
  ] as const;
  beforeAll(() => {
    for (const [kind, names, days] of KINDS) made.set(kind, makeCertificate(names, days));
    own = made.get('self-signed')!;
  });

  it.each(SOURCES)('is told at once, and nothing is sent to it: $name', async (one) => {
    server = await standIn(one.answer, own);
    const waits: number[] = [];
    const place = one.place(server.host).replace('+http:', ':');
    const env = Object.entries(one.env?.(server.host) ?? {}).map(([name, value]) => [
      name,
      value.replace('http:', 'https:'),
    ]);
    const more = { secrets: one.secrets ?? {}, env: Object.fromEntries(env), waits };
    const read = async (ca: string | undefined): Promise<number> => {
      let count = 0;
      const source = connectorOf(parsePlace(place)).source!(reachOf(place, { ...more, ca }));
      for await (const { records } of source.read({ ...ASKED, ...one.asked }, undefined))
        count += records.length;
      return count;
    };
    await expect(read(undefined)).rejects.toMatchObject({
      exit: 5,
      message: expect.stringMatching(/its certificate is not accepted: self-signed/),
    });
    expect([server.got.length, waits]).toEqual([0, []]);
    expect(await read(own.cert)).toBe(one.count);
  });

  const SAID = {
    'self-signed': [undefined, 'self-signed', '--ca-file'],
    'of another host': ['ca', "does not match certificate's altnames", 'Name the host'],
    expired: ['ca', 'has expired', 'renewed'],
  } as const;
  it.each(
    Object.keys(SAID).flatMap((kind) =>
      ['logstash', 'grafana', 'syslog', 'forward', 'gelf+tls'].map((scheme) => [kind, scheme]),
    ),
  )('%s is said with what to do: %s', async (kind = '', scheme) => {
    const { cert, key } = made.get(kind)!;
    let heard = 0;
    const listener = createTlsServer({ cert, key }, (socket) => {
      socket.on('data', ({ length }) => {
        heard += length;
      });
    });
    listener.on('tlsClientError', () => undefined);
    await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
    const place = `${scheme}://127.0.0.1:${(listener.address() as { port: number }).port}`;
    const [ca, says, hint] = SAID[kind as keyof typeof SAID];
    const reach = reachOf(place, { ca: ca && cert });
    await expect(
      connectorOf(parsePlace(place)).sink!(reach).write(DOCUMENTS),
    ).rejects.toMatchObject({
      exit: 5,
      message: expect.stringMatching(`its certificate is not accepted: .*${says}`),
      hint: expect.stringContaining(hint),
    });
    expect(heard).toBe(0);
    await new Promise((done) => listener.close(done));
  });
});

it('what the mapping of an index does not take is named and counted, and the rest is there', async () => {
  // As OpenSearch answers: 200 for the whole, with a status for each.
  const error = {
    type: 'mapper_parsing_exception',
    reason: "failed to parse field [event.duration] of type [long] in document with id 'id2'",
    caused_by: { type: 'illegal_argument_exception', reason: 'For input string: "soon"' },
  };
  const given = new Map<string, number>();
  server = await standIn(({ method, url, body }) => {
    if (url.pathname === '/')
      return { body: { version: { number: '2.19.6', distribution: 'opensearch' } } };
    if (!url.pathname.endsWith('/_bulk')) return { status: method === 'GET' ? 404 : 200, body: {} };
    const ids = [...body.matchAll(/"create":\{"_id":"(\w+)"/g)].map(([, id = '']) => id);
    const items = ids.map((id) => {
      given.set(id, (given.get(id) ?? 0) + 1);
      const about = { _index: 'logs', _id: id };
      return { create: { ...about, ...(id === 'id2' ? { status: 400, error } : { status: 201 }) } };
    });
    return { body: { took: 1, errors: true, items } };
  });
  const place = `opensearch+http://${server.host}/logs`;
  const documents = (async function* () {
    yield* DOCUMENTS;
  })();
  const sink = connectorOf(parsePlace(place)).sink!(reachOf(place));
  const pushed = await pushDocuments(sink, documents, () => undefined);
  expect(pushed).toMatchObject({ sent: 3, written: 2, known: 0, refused: 1 });
  expect(pushed.examples).toEqual([
    {
      id: 'id2',
      reason: expect.stringMatching(/^mapper_parsing_exception: .*event.duration.*soon/),
    },
  ]);
  // What cannot get better is not sent again.
  expect([...given.values()]).toEqual([1, 1, 1]);
});

it.each([
  ['acknowledges', undefined],
  ['hangs', 'no answer within'],
  ['is cut', 'the connection was cut'],
])('a forward server that %s', async (how, says) => {
  const lines: string[] = [];
  const read = createForwardReader();
  const listener = createTcpServer((socket) => {
    socket.on('data', (bytes) => {
      if (how === 'is cut') return socket.destroy();
      for (const message of read(bytes)) {
        lines.push(...message.lines);
        if (how === 'acknowledges') socket.write(message.ack!);
      }
    });
  });
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
  const place = `forward+tcp://127.0.0.1:${(listener.address() as { port: number }).port}/web`;
  const sink = connectorOf(parsePlace(place)).sink!(reachOf(place, { timeoutMs: 300 }));
  const written = sink.write(DOCUMENTS);
  if (says === undefined) {
    expect(await written).toEqual({ written: 3, known: 0, refused: [] });
    expect(lines.length).toBe(3);
    expect(lines[1]).toContain('line 2');
  } else
    await expect(written).rejects.toMatchObject({
      exit: 5,
      message: expect.stringContaining(says),
    });
  await sink.close!();
  await new Promise((done) => listener.close(done));
});

it('Splunk has the events when it has said so', async () => {
  let asked = 0;
  server = await standIn(({ url }) => {
    if (url.pathname.endsWith('/ack')) return { body: { acks: { 4: (asked += 1) > 1 } } };
    return { body: { text: 'Success', code: 0, ackId: 4 } };
  });
  const place = `splunk+http://${server.host}/main`;
  const sink = connectorOf(parsePlace(place)).sink!(reachOf(place, { secrets: { token: 't' } }));
  await sink.write(DOCUMENTS);
  await sink.close!();
  expect(asked).toBe(2);
});

it('AWS is asked with its own time where the clock here is wrong', async () => {
  const said: string[] = [];
  const cloudwatch = SOURCES.find(({ name }) => name.startsWith('CloudWatch'))!;
  const late = {
    status: 400,
    headers: { date: 'Tue, 24 Nov 2026 14:00:00 GMT' },
    body: '{"__type":"InvalidSignatureException","message":"Signature expired"}',
  };
  expect((await readAll(cloudwatch, [late], { said })).length).toBe(2);
  expect(server!.got[1]!.headers['x-amz-date']).toBe('20261124T140000Z');
  expect(said.join()).toContain('7200 s behind');
});

it('a long GELF message goes in chunks of one id, a longer one not by UDP', () => {
  const text = Array.from({ length: 400 }, (_, index) =>
    createHash('sha256').update(`${index}`).digest('hex'),
  ).join('');
  const chunks = chunksOf(text)!;
  expect(chunks.length).toBeGreaterThan(1);
  expect(chunksOf(randomBytes(400_000).toString('base64'))).toBeUndefined();
  for (const [index, chunk] of chunks.entries()) {
    expect(chunk.length).toBeLessThanOrEqual(1420);
    expect([chunk[0], chunk[1], chunk[10], chunk[11]]).toEqual([0x1e, 0x0f, index, chunks.length]);
    expect(chunk.subarray(2, 10)).toEqual(chunks[0]!.subarray(2, 10));
  }
});

it.each([
  ['opensearch://user:secret@host/x', 'holds a password'],
  ['opensearch://host:99999/x', 'no port'],
  ['nosuch://host', 'nothing here speaks'],
  ['http//host', 'is no place'],
])('%s is refused', (text, message) => {
  expect(() => connectorOf(parsePlace(text))).toThrow(message);
});

it('every scheme has one connector, and each reads or writes', () => {
  const schemes = CONNECTORS.flatMap((one) => one.schemes);
  expect(new Set(schemes).size).toBe(schemes.length);
  for (const { source, sink } of CONNECTORS) expect(source ?? sink).toBeDefined();
});
