/**
 * The blocks of the playbooks on real packets: an attacker and a host in network namespaces of their own.
 * Run, verify and undo are the playbooks' own argvs.
 */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPlaybooks, pickPlaybook } from '../../src/respond/load-playbooks.ts';
import { renderArgv } from '../../src/respond/render-argv.ts';
import { isThere, sayOnlyRoot } from '../needs.ts';
import { sampleValues } from './sample-values.ts';

const HOST = `ir-host-${process.pid}`;
const ATTACKER = `ir-evil-${process.pid}`;

const call = (...argv: readonly string[]) => {
  const [file = '', ...rest] = argv;
  const { status, stdout, stderr } = spawnSync(file, rest, { encoding: 'utf8', timeout: 10_000 });
  return { status, output: `${stdout}${stderr}` };
};
const onHost = (...argv: readonly string[]) => call('ip', 'netns', 'exec', HOST, ...argv);

/** True when a TCP connection to the host is refused or opened, false when packets are dropped. */
const reaches = (address: string): boolean => {
  const script = `const s = require('net').connect(9, '${address}'); s.on('error', (e) => process.exit(e.code === 'ECONNREFUSED' ? 0 : 2)); s.on('connect', () => process.exit(0)); setTimeout(() => process.exit(1), 700)`;
  return call('ip', 'netns', 'exec', ATTACKER, process.execPath, '-e', script).status === 0;
};

const isRoot = process.getuid?.() === 0;
const canIsolate = isRoot
  ? isThere(
      'blocks on real packets: needs nft and network namespaces',
      call('which', 'nft').status === 0 && call('ip', 'netns', 'add', HOST).status === 0,
    )
  : sayOnlyRoot('blocks on real packets');

const loaded = await loadPlaybooks({ XDG_CONFIG_HOME: '/nonexistent' });

function commandOf(playbookId: string, stepId: string, more: Record<string, string> = {}) {
  const playbook = pickPlaybook(loaded, playbookId);
  const command = playbook.steps.find((step) => step.id === stepId)?.command;
  if (command?.verify === undefined || command.undo === undefined)
    throw new Error(`no such action: ${stepId}`);
  const values = { ...sampleValues(playbook), ...more };
  return {
    run: renderArgv(command.run, values),
    verify: renderArgv(command.verify.run, values),
    undo: renderArgv(command.undo, values),
  };
}

describe.skipIf(!canIsolate)('on real packets', () => {
  beforeAll(() => {
    const commands = [
      `ip netns add ${ATTACKER}`,
      `ip link add irh${process.pid} netns ${HOST} type veth peer name ire${process.pid} netns ${ATTACKER}`,
      `ip -n ${HOST} address add 203.0.113.1/24 dev irh${process.pid}`,
      `ip -n ${HOST} address add 2001:db8::1/64 dev irh${process.pid} nodad`,
      `ip -n ${ATTACKER} address add 203.0.113.7/24 dev ire${process.pid}`,
      `ip -n ${ATTACKER} address add 2001:db8::7/64 dev ire${process.pid} nodad`,
      `ip -n ${HOST} link set irh${process.pid} up`,
      `ip -n ${ATTACKER} link set ire${process.pid} up`,
      `ip -n ${HOST} link set lo up`,
    ];
    for (const command of commands) {
      expect(call(...command.split(' '))).toMatchObject({ status: 0 });
    }
  });

  afterAll(() => {
    for (const name of [HOST, ATTACKER]) call('ip', 'netns', 'delete', name);
  });

  it.each([
    ['ssh-brute-force', 'block-source', { source_ip: '203.0.113.7' }, '203.0.113.1'],
    ['ddos', 'block-source', { source_ip: '2001:db8::7' }, '2001:db8::1'],
    ['web-compromise', 'block-source', { source_ip: '203.0.113.7' }, '203.0.113.1'],
    ['data-exfiltration', 'block-destination', { dest_ip: '203.0.113.7' }, '203.0.113.1'],
    ['ddos', 'block-network', { source_net: '203.0.113.0/24' }, '203.0.113.1'],
  ])('%s: %s shuts %o out and lets it in again', (playbook, step, values, target) => {
    const block = commandOf(playbook, step, values);
    expect(reaches(target)).toBe(true);
    // Twice: a step that is run again must not fail or add rules a second time.
    expect(onHost(...block.run).status).toBe(0);
    expect(onHost(...block.run).status).toBe(0);
    expect(onHost(...block.verify)).toMatchObject({
      status: 0,
      output: expect.stringContaining('timeout'),
    });
    expect(reaches(target)).toBe(false);
    expect(onHost(...block.undo).status).toBe(0);
    expect(reaches(target)).toBe(true);
    expect(onHost('nft', 'list', 'tables').output).toBe('');
  });

  it('cuts the web user off, and nobody else', () => {
    const cut = commandOf('web-compromise', 'cut-web-egress', { web_user: 'nobody' });
    const script = `const s = require('net').connect(9, '203.0.113.7'); s.on('error', (e) => { process.stdout.write(e.code); process.exit() }); setTimeout(() => process.exit(1), 700)`;
    const sendAs = (...prefix: string[]) =>
      onHost(...prefix, process.execPath, '-e', script).output;
    const asNobody = ['setpriv', '--reuid', 'nobody', '--clear-groups'];
    // Refused by the target, over the network; then turned away on this host before it gets there.
    const seen = (): string => onHost('nft', 'list', 'ruleset').output;
    const before = counterOf(onHost(...cut.run).status, seen());
    expect(onHost(...cut.verify).status).toBe(0);
    sendAs();
    expect(counterOf(0, seen())).toBe(before);
    sendAs(...asNobody);
    expect(counterOf(0, seen())).toBeGreaterThan(before);
    expect(onHost(...cut.undo).status).toBe(0);
    expect(onHost('nft', 'list', 'tables').output).toBe('');
  });

  it.each([
    ['ssh-brute-force', 'limit-new-connections'],
    ['ddos', 'limit-connections'],
    ['credential-stuffing', 'slow-connections'],
    ['api-abuse', 'limit-per-client'],
    ['linux-malware', 'isolate-host'],
    ['ransomware', 'isolate-hosts'],
    ['ddos', 'drop-amplified-udp'],
    ['ddos', 'turn-on-syncookies'],
  ])('%s: %s runs, reads back and is undone', (playbook, step) => {
    const { run, verify, undo } = commandOf(playbook, step);
    const before = onHost(...verify);
    expect(onHost(...run)).toMatchObject({ status: 0 });
    expect(onHost(...verify).status).toBe(0);
    // What is read back is not what was there before; of syncookies it is, where they are on already.
    if (step !== 'turn-on-syncookies') expect(onHost(...verify)).not.toEqual(before);
    expect(onHost(...undo).status).toBe(0);
    expect(onHost(...verify)).toEqual(before);
  });
});

/** Packets that the reject rule has counted. */
function counterOf(status: number | null, ruleset: string): number {
  expect(status).toBe(0);
  return Number(/counter packets (\d+)/.exec(ruleset)?.[1]);
}
