/** Actions on AWS: the real aws CLI against moto's server, where both are installed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isThere } from '../needs.ts';
import { call, type Ran, trialOf } from './action-world.ts';
import { writeAws } from './aws-at-hand.ts';

/** The folder of aws and moto_server, beside the Python that has both; undefined where there is none. */
function programs(): string | undefined {
  const asked = call(['python3', '-c', 'import awscli, moto.server, sys; print(sys.exec_prefix)'], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
  });
  const isReady = isThere('actions on AWS: awscli and moto[server] from PyPI', asked.status === 0);
  return isReady ? join(asked.stdout.trim(), 'bin') : undefined;
}

const folder = programs();

describe.skipIf(folder === undefined)('AWS', () => {
  const servers: ChildProcess[] = [];
  const own = mkdtempSync(join(tmpdir(), 'ir-aws-'));
  let env: Record<string, string>;
  const aws = (...words: string[]): Ran => call(['aws', ...words], { env });
  const made = (path: string, ...words: string[]): string => {
    const { status, stdout, stderr } = aws(...words, '--query', path, '--output', 'text');
    if (status !== 0) throw new Error(`aws ${words.join(' ')}: ${stderr}`);
    return stdout.trim();
  };

  beforeAll(async () => {
    const port = await new Promise<number>((resolve) => {
      const probe = createServer().listen(0, '127.0.0.1', () => {
        const { port: free } = probe.address() as { port: number };
        probe.close(() => resolve(free));
      });
    });
    const url = `http://127.0.0.1:${port}`;
    env = {
      PATH: `${own}:/usr/bin:/bin`,
      HOME: '/nonexistent',
      AWS_ACCESS_KEY_ID: 'testing',
      AWS_SECRET_ACCESS_KEY: 'testing',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL: url,
    };
    const at = writeAws(own, join(folder ?? '', 'python3'));
    const moto = [join(folder ?? '', 'moto_server'), '-H', '127.0.0.1', '-p', String(port)];
    for (const [file = '', ...rest] of [moto, at.server])
      servers.push(spawn(file, rest, { env, stdio: 'ignore' }));
    const answers = (): Promise<boolean> =>
      fetch(url).then(
        () => true,
        () => false,
      );
    for (let tries = 0; tries < 300 && !((await answers()) && existsSync(at.socket)); tries++)
      await new Promise((resolve) => setTimeout(resolve, 100));
  }, 60_000);
  afterAll(async () => {
    for (const server of servers) {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await ended;
    }
    rmSync(own, { recursive: true, force: true });
  });

  /** The contract, with each part asked once. */
  async function keeps(
    id: string,
    values: Record<string, string>,
    state: () => string,
  ): Promise<void> {
    const trial = await trialOf(id, values, (argv) => call(argv, { env }));
    const before = state();
    for (const { status, stderr } of trial.collect()) expect([status, stderr]).toEqual([0, '']);
    trial.remember();
    expect([trial.check(), trial.verify()]).toEqual(['holds', expect.not.stringMatching('holds')]);
    expect(trial.run()).toMatchObject({ status: 0, stderr: '' });
    expect([trial.verify(), trial.check(), trial.undoVerify()]).toEqual([
      'holds',
      'fails',
      'fails',
    ]);
    expect(state()).not.toBe(before);
    expect(trial.undo()).toMatchObject({ status: 0, stderr: '' });
    expect([trial.undoVerify(), state()]).toEqual(['holds', before]);
  }

  it('deactivate-access-key closes one key of two', async () => {
    made('User.UserName', 'iam', 'create-user', '--user-name', 'eve');
    const key = (): string =>
      made('AccessKey.AccessKeyId', 'iam', 'create-access-key', '--user-name', 'eve');
    const [access_key] = [key(), key()] as [string, string];
    await keeps('deactivate-access-key', { user_name: 'eve', access_key }, () =>
      made(
        'AccessKeyMetadata[].[AccessKeyId, Status]',
        'iam',
        'list-access-keys',
        '--user-name',
        'eve',
      ),
    );
  }, 60_000);

  it('deny-all-user puts one policy beside those that are there', async () => {
    made('User.UserName', 'iam', 'create-user', '--user-name', 'mallory');
    const policy =
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}';
    aws(
      'iam',
      'put-user-policy',
      '--user-name',
      'mallory',
      '--policy-name',
      'own',
      '--policy-document',
      policy,
    );
    await keeps('deny-all-user', { user_name: 'mallory' }, () =>
      made('PolicyNames', 'iam', 'list-user-policies', '--user-name', 'mallory'),
    );
  }, 60_000);

  it('revoke-role-sessions denies what began before', async () => {
    made(
      'Role.RoleName',
      'iam',
      'create-role',
      '--role-name',
      'ci',
      '--assume-role-policy-document',
      '{"Version":"2012-10-17","Statement":[]}',
    );
    await keeps('revoke-role-sessions', { role: 'ci' }, () =>
      made('PolicyNames', 'iam', 'list-role-policies', '--role-name', 'ci'),
    );
  }, 60_000);

  it.each(['203.0.113.0/24', '2001:db8:7::/48'])(
    'block-in-network-acl denies %s both ways, beside what is there',
    async (network) => {
      const vpc = made('Vpc.VpcId', 'ec2', 'create-vpc', '--cidr-block', '10.9.0.0/16') as string;
      const acl = made(
        'NetworkAcls[0].NetworkAclId',
        'ec2',
        'describe-network-acls',
        '--filters',
        `Name=vpc-id,Values=${vpc}`,
      ) as string;
      await keeps('block-in-network-acl', { network, acl }, () =>
        made('NetworkAcls[0].Entries', 'ec2', 'describe-network-acls', '--network-acl-ids', acl),
      );
    },
    60_000,
  );

  it('isolate-instance gives every interface one group, and each its own again', async () => {
    const group = (name: string): string =>
      made('GroupId', 'ec2', 'create-security-group', '--group-name', name, '--description', name);
    const [web, admin, quarantine_group] = [group('web'), group('admin'), group('quarantine')] as [
      string,
      string,
      string,
    ];
    const instance = made(
      'Instances[0].InstanceId',
      'ec2',
      'run-instances',
      '--image-id',
      'ami-12c6146b',
      '--network-interfaces',
      `DeviceIndex=0,Groups=${web},${admin}`,
    );
    await keeps('isolate-instance', { instance, quarantine_group }, () =>
      made(
        'NetworkInterfaces[].Groups[].GroupId | sort(@)',
        'ec2',
        'describe-network-interfaces',
        '--filters',
        `Name=attachment.instance-id,Values=${instance}`,
      ),
    );
  }, 60_000);

  it.each([
    [
      'with settings',
      'BlockPublicAcls=true,IgnorePublicAcls=false,BlockPublicPolicy=true,RestrictPublicBuckets=false',
    ],
    ['without any', undefined],
  ])(
    'close-bucket closes one %s',
    async (_what, settings) => {
      const bucket = `shop-${settings?.length ?? 0}`;
      aws(
        's3api',
        'create-bucket',
        '--bucket',
        bucket,
        '--create-bucket-configuration',
        'LocationConstraint=eu-central-1',
      );
      const put = [
        'put-public-access-block',
        '--bucket',
        bucket,
        '--public-access-block-configuration',
      ];
      if (settings === undefined) aws('s3api', 'delete-public-access-block', '--bucket', bucket);
      else aws('s3api', ...put, settings);
      await keeps('close-bucket', { bucket }, () => {
        const { stdout, stderr } = aws('s3api', 'get-public-access-block', '--bucket', bucket);
        return stdout + stderr;
      });
    },
    60_000,
  );

  it('block-in-aws-waf merges one address, and takes out no other', async () => {
    const set = ['--scope', 'REGIONAL', '--name', 'bad'];
    const set_id = made(
      'Summary.Id',
      'wafv2',
      'create-ip-set',
      ...set,
      '--ip-address-version',
      'IPV4',
      '--addresses',
      '192.0.2.1/32',
      '198.51.100.0/24',
    );
    await keeps('block-in-aws-waf', { address: '203.0.113.7', set_name: 'bad', set_id }, () =>
      made('IPSet.Addresses', 'wafv2', 'get-ip-set', ...set, '--id', set_id),
    );
  }, 60_000);
});
