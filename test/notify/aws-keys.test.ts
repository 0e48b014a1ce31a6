/** Keys as the AWS tools find them: every way, against stand-ins on loopback, and against moto. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awsKeys, awsRegion } from '../../src/notify/aws/keys.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const LATER = '2026-03-01T13:00:00Z';

interface Asked {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

let folder: string;
let server: Server;
let base: string;
let asked: Asked[];
/** Answers by what the address begins with. */
let answers: Record<string, string>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ir aws-'));
  asked = [];
  answers = {};
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      asked.push({ method, url, headers, body: Buffer.concat(parts).toString('utf8') });
      const answer = answers[`${method} ${url.split('?')[0]}`];
      response.writeHead(answer === undefined ? 404 : 200).end(answer ?? 'not here');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await new Promise((done) => server.close(done));
});

const write = (name: string, text: string): string => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
};

const keysOf = (
  env: Record<string, string> = {},
  profile?: string,
  now = NOW,
): ReturnType<typeof awsKeys> =>
  awsKeys(
    { env: { HOME: folder, ...env }, now, ca: undefined, signal: new AbortController().signal },
    profile,
  );

const document = (name: string, until = LATER): string =>
  JSON.stringify({
    ...{ Version: 1, AccessKeyId: `AKIA${name}`, SecretAccessKey: `s-${name}` },
    ...{ SessionToken: `t-${name}`, Expiration: until },
  });
const found = (name: string) => ({
  ...{ accessKey: `AKIA${name}`, secretKey: `s-${name}`, sessionToken: `t-${name}` },
});
const stsAnswer = (action: string, name: string): string =>
  `<${action}Response><${action}Result><Credentials><AccessKeyId>AKIA${name}</AccessKeyId><SecretAccessKey>s-${name}</SecretAccessKey><SessionToken>t-${name}</SessionToken><Expiration>${LATER}</Expiration></Credentials></${action}Result></${action}Response>`;

describe('keys in the environment and in profiles', () => {
  const CONFIG = '[default]\nregion = eu-west-1\n\n[profile ops]\nregion=eu-central-1\n';
  const CREDENTIALS =
    '# mine\n[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = one=two\n[ops]\naws_access_key_id=AKIAOPS\naws_secret_access_key=three\naws_session_token=tok\n';
  const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'e' };
  const OPS = ['AKIAOPS', 'three', 'tok', 'eu-central-1'];
  it.each<[string, Record<string, string>, string | undefined, (string | undefined)[]]>([
    ['of the profile default', {}, undefined, ['AKIADEFAULT', 'one=two', undefined, 'eu-west-1']],
    ['of a profile named here', {}, 'ops', OPS],
    ['of the profile of the environment', { AWS_PROFILE: 'ops' }, undefined, OPS],
    ['of the environment first', KEYS, undefined, ['AKIAENV', 'e', undefined, 'eu-west-1']],
    ['of a named profile before the environment', KEYS, 'ops', OPS],
    [
      'with the region of the environment',
      { AWS_REGION: 'us-east-1' },
      'ops',
      ['AKIAOPS', 'three', 'tok', 'us-east-1'],
    ],
  ])('%s', async (_name, env, profile, expected) => {
    write('.aws/config', CONFIG);
    write('.aws/credentials', CREDENTIALS);
    const { accessKey, secretKey, sessionToken } = await keysOf(env, profile);
    const region = awsRegion({ HOME: folder, ...env }, profile);
    expect([accessKey, secretKey, sessionToken, region]).toEqual(expected);
    expect(asked).toEqual([]);
  });
});

describe('keys of a role', () => {
  const SOURCE = 'aws_access_key_id=AKIASOURCE\naws_secret_access_key=x\n';
  const ROLE = 'role_arn = arn:aws:iam::123456789012:role/ir\n';

  it.each<[string, string, string, Record<string, string>]>([
    [
      'from another profile',
      `[profile ir]\n${ROLE}source_profile = base\nexternal_id=e1\nduration_seconds=900\nrole_session_name=night\n`,
      `[base]\n${SOURCE}`,
      {},
    ],
    ['from itself', `[profile ir]\n${ROLE}source_profile = ir\n`, `[ir]\n${SOURCE}`, {}],
    [
      'from the environment',
      `[profile ir]\n${ROLE}credential_source = Environment\n`,
      '',
      { AWS_ACCESS_KEY_ID: 'AKIASOURCE', AWS_SECRET_ACCESS_KEY: 'x' },
    ],
  ])('%s', async (name, config, credentials, env) => {
    write('.aws/config', config);
    write('.aws/credentials', credentials);
    answers['POST /'] = stsAnswer('AssumeRole', 'ROLE');
    expect(await keysOf({ AWS_ENDPOINT_URL_STS: base, ...env }, 'ir')).toMatchObject(found('ROLE'));
    const [{ body = '', headers } = {}] = asked;
    expect(Object.fromEntries(new URLSearchParams(body))).toMatchObject({
      ...{ Action: 'AssumeRole', RoleArn: 'arn:aws:iam::123456789012:role/ir' },
      ...(name === 'from another profile'
        ? { ExternalId: 'e1', DurationSeconds: '900', RoleSessionName: 'night' }
        : {}),
    });
    expect(headers?.authorization).toMatch(/Credential=AKIASOURCE\/20260301\/us-east-1\/sts\//);
  });

  it('with the token of a file, of the environment or a profile, unsigned', async () => {
    const token = write('token', 'a.b.c\n');
    write('.aws/config', `[profile pod]\n${ROLE}web_identity_token_file = ${token}\n`);
    answers['POST /'] = stsAnswer('AssumeRoleWithWebIdentity', 'POD');
    const env = { AWS_ENDPOINT_URL_STS: base };
    const role = { AWS_WEB_IDENTITY_TOKEN_FILE: token, AWS_ROLE_ARN: 'arn:aws:iam::1:role/x' };
    expect(await keysOf(env, 'pod')).toMatchObject(found('POD'));
    expect(await keysOf({ ...env, ...role })).toMatchObject(found('POD'));
    expect(asked.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
    expect(new URLSearchParams(asked[1]!.body).get('WebIdentityToken')).toBe('a.b.c');
  });

  it('is taken on once in a run, and again before it ends', async () => {
    write('.aws/config', `[profile ir]\n${ROLE}source_profile = ir\n`);
    write('.aws/credentials', `[ir]\n${SOURCE}`);
    answers['POST /'] = stsAnswer('AssumeRole', 'ROLE');
    const env = { HOME: folder, AWS_ENDPOINT_URL_STS: base };
    const { signal } = new AbortController();
    for (const minute of [0, 30, 54, 56])
      await awsKeys(
        { env, ca: undefined, signal, now: new Date(NOW.getTime() + minute * 60_000) },
        'ir',
      );
    expect(asked).toHaveLength(2);
  });

  it.each([
    [
      'a circle',
      'source_profile = b\n',
      '[profile b]\nrole_arn = r\nsource_profile = ir\n',
      /circle/,
    ],
    ['a device', 'source_profile = b\nmfa_serial = m\n', '', /a code of a device/],
    ['no source', '', '', /neither source_profile nor/],
    ['a source without keys', 'source_profile = b\n', '', /profile "b", the source of "ir"/],
    ['an instance that is forbidden', 'credential_source = Ec2InstanceMetadata\n', '', /forbids/],
  ])('%s is said', async (_name, more, other, message) => {
    write('.aws/config', `[profile ir]\n${ROLE}${more}${other}`);
    await expect(keysOf({ AWS_EC2_METADATA_DISABLED: 'true' }, 'ir')).rejects.toMatchObject({
      ...{ kind: 'retry', message: expect.stringMatching(message) },
    });
    expect(asked).toEqual([]);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['a region that is none', { AWS_REGION: 'x.evil.example/?' }, /is no region/],
    ['another machine in the open', { AWS_ENDPOINT_URL: 'http://192.0.2.9' }, /without encryption/],
    ['no address', { AWS_ENDPOINT_URL_STS: 'sts' }, /is no address of sts/],
  ])('is not asked for of %s', async (_name, env, message) => {
    const token = write('token', 'a.b.c');
    const role = {
      AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/r',
      AWS_WEB_IDENTITY_TOKEN_FILE: token,
    };
    await expect(keysOf({ AWS_REGION: 'eu-west-1', ...role, ...env })).rejects.toThrow(message);
    expect(asked).toEqual([]);
  });

  it('that is refused may be tried again: nothing was sent', async () => {
    write('.aws/config', `[profile ir]\n${ROLE}source_profile = ir\n`);
    write('.aws/credentials', `[ir]\n${SOURCE}`);
    await expect(keysOf({ AWS_ENDPOINT_URL_STS: base }, 'ir')).rejects.toMatchObject({
      kind: 'retry',
      message: expect.stringMatching(/^there are no AWS keys: 404 not here$/),
    });
  });
});

describe('keys of a login', () => {
  const PROFILE = 'sso_account_id = 123456789012\nsso_role_name = Responder\n';
  const SESSION = 'sso_start_url = https://x.example/start\nsso_region = eu-central-1\n';
  const cached = (of: string, expiresAt: string): string =>
    write(
      `.aws/sso/cache/${createHash('sha1').update(of).digest('hex')}.json`,
      JSON.stringify({ accessToken: 'tok-1', expiresAt }),
    );
  const portal = JSON.stringify({
    roleCredentials: {
      ...{ accessKeyId: 'AKIASSO', secretAccessKey: 's-SSO', sessionToken: 't-SSO' },
      expiration: Date.parse(LATER),
    },
  });

  it.each([
    [
      'of a session',
      `[profile ir]\nsso_session = corp\n${PROFILE}[sso-session corp]\n${SESSION}`,
      'corp',
    ],
    ['of a start address', `[profile ir]\n${PROFILE}${SESSION}`, 'https://x.example/start'],
  ])('%s', async (_name, config, of) => {
    write('.aws/config', config);
    cached(of, '2026-03-01T12:30:00Z');
    answers['GET /federation/credentials'] = portal;
    const keys = await keysOf({ AWS_ENDPOINT_URL_SSO: base }, 'ir');
    expect(keys).toEqual({ ...found('SSO'), until: new Date(LATER).toISOString() });
    expect(asked[0]!.url).toContain('role_name=Responder&account_id=123456789012');
    expect(asked[0]!.headers['x-amz-sso_bearer_token']).toBe('tok-1');
  });

  it.each([
    ['has expired', '2026-03-01T11:59:00UTC', /expired; log in with: aws sso login --profile ir/],
    ['is not there', undefined, /was not logged in; log in with/],
  ])('that %s is asked for', async (_name, expiresAt, message) => {
    write('.aws/config', `[profile ir]\n${PROFILE}${SESSION}`);
    if (expiresAt !== undefined) cached('https://x.example/start', expiresAt);
    await expect(keysOf({}, 'ir')).rejects.toMatchObject({
      ...{ kind: 'retry', message: expect.stringMatching(message) },
    });
  });
});

describe('keys of a program', () => {
  it('of words in quotes, without a shell', async () => {
    const program = write('a program', `#!/bin/sh\nprintf '%s' '${document('PROG')}'\n`);
    chmodSync(program, 0o755);
    write('.aws/config', `[profile ir]\ncredential_process = "${program}" 'a b' $(false)\n`);
    expect(await keysOf({ PATH: process.env['PATH'] ?? '' }, 'ir')).toMatchObject(found('PROG'));
  });

  it.each([
    ['fails', 'exit 3', /ended with 3$/],
    ['prints something else', 'echo hunter2-secret', /is no JSON$/],
  ])('that %s is said, and not what it prints', async (_name, body, message) => {
    const program = write('program', `#!/bin/sh\n${body}\n`);
    chmodSync(program, 0o755);
    write('.aws/config', `[profile ir]\ncredential_process = "${program}"\n`);
    const env = { PATH: process.env['PATH'] ?? '' };
    const error = await keysOf(env, 'ir').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
    expect(String(error)).not.toContain('hunter2');
  });
});

describe('keys of a container', () => {
  it('with the token of a file', async () => {
    answers['GET /v2/keys'] = document('TASK');
    const env = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${base}/v2/keys`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: write('token', 'Basic abc\n'),
    };
    expect(await keysOf(env)).toMatchObject(found('TASK'));
    expect(asked[0]!.headers.authorization).toBe('Basic abc');
  });

  it('from no other machine without encryption', async () => {
    const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://192.0.2.1/keys' };
    await expect(keysOf(env)).rejects.toThrow(/192\.0\.2\.1 would give/);
  });
});

describe('keys of an instance', () => {
  const LIST = 'GET /latest/meta-data/iam/security-credentials/';
  beforeEach(() => {
    answers['PUT /latest/api/token'] = 'imds-token';
    answers[LIST] = 'ir-role';
    answers[`${LIST}ir-role`] = document('EC2');
  });

  it('are asked for with a token', async () => {
    expect(await keysOf({ AWS_EC2_METADATA_SERVICE_ENDPOINT: base })).toMatchObject(found('EC2'));
    expect(asked.map(({ method }) => method)).toEqual(['PUT', 'GET', 'GET']);
    expect(asked[2]!.headers['x-aws-ec2-metadata-token']).toBe('imds-token');
  });

  it('are asked for by a profile, for its role too', async () => {
    const place = `ec2_metadata_service_endpoint = ${base}\n`;
    write(
      '.aws/config',
      `[profile a]\n${place}[profile b]\n${place}role_arn = r\ncredential_source = Ec2InstanceMetadata\n`,
    );
    answers['POST /'] = stsAnswer('AssumeRole', 'ROLE');
    expect(await keysOf({}, 'a')).toMatchObject(found('EC2'));
    expect(await keysOf({ AWS_ENDPOINT_URL_STS: base }, 'b')).toMatchObject(found('ROLE'));
    expect(asked.at(-1)!.headers['x-amz-security-token']).toBe('t-EC2');
  });

  it('are not asked for unless somebody says so', async () => {
    const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: base, AWS_EC2_METADATA_DISABLED: 'true' };
    await expect(keysOf({})).rejects.toThrow(/AWS_EC2_METADATA_DISABLED=false asks/);
    await expect(keysOf(env)).rejects.toThrow(/profile "default" with keys/);
    expect(asked).toEqual([]);
  });

  it('of one without a role are said', async () => {
    answers[LIST] = '<html>';
    await expect(keysOf({ AWS_EC2_METADATA_SERVICE_ENDPOINT: base })).rejects.toThrow(
      /^there are no AWS keys: the instance has no role$/,
    );
  });
});
