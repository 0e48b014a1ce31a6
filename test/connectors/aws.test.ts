/** CloudWatch Logs and S3 as moto answers for them. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askAws, askSigned } from '../../src/connectors/aws.ts';
import type { Reach } from '../../src/connectors/connector.ts';
import { connectorOf } from '../../src/connectors/connectors.ts';
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
  },
);
