/** CloudWatch Logs and S3 as moto answers for them. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askAws, askSigned } from '../../src/connectors/aws.ts';
import type { Reach } from '../../src/connectors/connector.ts';
import { connectorOf } from '../../src/connectors/connectors.ts';
import { awsKeys } from '../../src/notify/aws/keys.ts';
import { channel as sns } from '../../src/notify/sns.ts';
import { isThere } from '../needs.ts';
import { reachOf } from './stand-in.ts';

const hasMoto = ((): boolean => {
  try {
    execFileSync('python3', ['-c', 'import moto.server'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!isThere('moto[server] from PyPI, for CloudWatch Logs and S3', hasMoto))(
  'moto',
  () => {
    let moto: ChildProcess;
    let url = '';
    const at = (place: string): Reach =>
      reachOf(place, {
        env: { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_ENDPOINT_URL: url },
        now: () => new Date(),
      });
    const read = async (reach: Reach) => {
      const found: unknown[] = [];
      const asked = { since: new Date(Date.now() - 3_600_000), until: undefined, query: undefined };
      for await (const { records } of connectorOf(reach.place).source!(reach).read(
        asked,
        undefined,
      ))
        found.push(...records.map(({ record }) => record));
      return found;
    };

    beforeAll(async () => {
      const code = 'from moto.server import main; main(["-H", "127.0.0.1", "-p", "0"])';
      moto = spawn('python3', ['-c', code], { stdio: ['ignore', 'pipe', 'pipe'] });
      url = await new Promise((done, fail) => {
        const look = (data: Buffer): void => {
          const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(String(data));
          if (found !== null) done(found[1]!);
        };
        moto.stdout!.on('data', look);
        moto.stderr!.on('data', look);
        moto.once('exit', () => fail(new Error('moto ended')));
      });
    });
    afterAll(() => void moto.kill('SIGKILL'));

    it('gives every event of a group', async () => {
      const reach = at('cloudwatch://eu-central-1//aws/lambda/shop');
      const call = (action: string, body: object) =>
        askSigned(reach, 'logs', 'eu-central-1', {
          ...{ method: 'POST', url: `${url}/`, body: JSON.stringify(body) },
          headers: {
            'content-type': 'application/x-amz-json-1.1',
            'x-amz-target': `Logs_20140328.${action}`,
          },
        });
      const group = { logGroupName: '/aws/lambda/shop' };
      await call('CreateLogGroup', group);
      await call('CreateLogStream', { ...group, logStreamName: 's' });
      const logEvents = Array.from({ length: 20 }, (_, index) => ({
        timestamp: Date.now() - 1000 + index,
        message: `line ${index}`,
      }));
      await call('PutLogEvents', { ...group, logStreamName: 's', logEvents });
      expect(await askAws(reach, 'logs', 'Logs_20140328.DescribeLogGroups', {})).toHaveProperty(
        'logGroups',
      );
      const records = (await read(reach)) as { message: string }[];
      expect(records.map(({ message }) => message)).toEqual(
        logEvents.map(({ message }) => message),
      );
    });

    it('gives the objects below a prefix', async () => {
      const reach = at('s3://trail/AWSLogs/');
      const put = (path: string, body: string) =>
        askSigned(reach, 's3', 'us-east-1', {
          method: 'PUT',
          url: `${url}/trail${path}`,
          headers: {},
          body,
        });
      await put('', '');
      await put('/AWSLogs/b.log', 'one\ntwo\n');
      await put('/AWSLogs/a%20b.json', '{"Records":[{"eventName":"ConsoleLogin"}]}');
      await put('/other/c.log', 'not asked for');
      expect(await read(reach)).toEqual([
        { eventName: 'ConsoleLogin' },
        expect.objectContaining({ message: 'one' }),
        expect.objectContaining({ message: 'two' }),
      ]);
    });

    it('is asked and told with the keys of a role', async () => {
      const home = mkdtempSync(join(tmpdir(), 'ir-aws-'));
      mkdirSync(join(home, '.aws'));
      const role = 'role_arn = arn:aws:iam::123456789012:role/ir\nsource_profile = ir\n';
      const keys = 'aws_access_key_id = a\naws_secret_access_key = b\n';
      writeFileSync(join(home, '.aws', 'config'), `[profile ir]\n${role}${keys}`);
      const env = { HOME: home, AWS_ENDPOINT_URL: url };
      const reach = reachOf('cloudwatch://us-east-1/x?profile=ir', { env, now: () => new Date() });
      const made = await askSigned(reach, 'sns', 'us-east-1', {
        ...{
          method: 'POST',
          url: `${url}/`,
          body: 'Action=CreateTopic&Name=ir&Version=2010-03-31',
        },
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      const topic = /<TopicArn>([^<]+)/.exec(made.body.toString('utf8'))?.[1];
      const settings = { type: 'sns', topic, url: `${url}/`, profile: 'ir', timeout: 10 };
      const message = { id: 'm1', subject: 'Web shell', text: 'on web01', facts: {}, at: '' };
      const sending = { settings, secrets: {}, env, ca: undefined, now: new Date() };
      const { signal } = new AbortController();
      const said = await sns.send(message as never, { ...sending, signal } as never);
      expect(said).toMatch(/^200 [\w-]{36}$/);
      expect(
        (await awsKeys({ env, ca: undefined, signal, now: new Date() }, 'ir')).accessKey,
      ).toMatch(/^ASIA/);
      rmSync(home, { recursive: true, force: true });
    });
  },
);
