/** What every collection promises, and what is refused in one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VOLATILITIES } from '../../src/host/collect/collection.ts';
import {
  bundledFolder,
  loadCollections,
  pickProfile,
} from '../../src/host/collect/load-collections.ts';
import { readCollection } from '../../src/host/collect/read-collection.ts';

const loaded = await loadCollections({ XDG_CONFIG_HOME: '/nonexistent' });

describe('the collections that come along', () => {
  it('are all valid, each in a file of its name', () => {
    expect(loaded.problems).toEqual([]);
    const files = readdirSync(bundledFolder()).map((name) => name.replace(/\.yml$/, ''));
    expect(loaded.collections.map(({ id }) => id)).toEqual(files.sort());
    expect(files).toEqual(expect.arrayContaining(['container', 'linux', 'web']));
  });

  it.each(loaded.collections.map(({ id }) => [id]))(
    '%s takes what is gone first at first, and only reads',
    (id) => {
      const { items, maxBytes, maxMs } = pickProfile(loaded, id);
      expect(items.length).toBeGreaterThan(20);
      expect(maxBytes).toBeGreaterThan(0);
      expect(maxMs).toBeGreaterThan(0);
      const ranks = items.map(({ volatility }) => VOLATILITIES.indexOf(volatility));
      expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
      const programs = items.flatMap(({ source }) =>
        source.kind === 'run' ? [source.argv[0] ?? ''] : [],
      );
      // One that is added here was looked at: with these words it changes nothing.
      expect(programs.filter((program) => !READING.includes(program))).toEqual([]);
      const secret = items.flatMap(({ source }) => (source.kind === 'files' ? source.globs : []));
      expect(secret.filter((glob) => /shadow|id_rsa|ssh_host_.*key|private/.test(glob))).toEqual(
        [],
      );
      for (const kind of ['processes', 'sockets', 'open-deleted', 'ssh-keys', 'set-uid'])
        expect(items.map((item) => item.id)).toContain(kind);
    },
  );

  it('have what the first one takes, too, where they include it', () => {
    const linux = pickProfile(loaded, 'linux').items.map(({ id }) => id);
    for (const id of ['web', 'container'])
      expect(pickProfile(loaded, id).items.map((item) => item.id)).toEqual(
        expect.arrayContaining(linux),
      );
  });
});

const READING = [
  ...['auditctl', 'bpftool', 'crictl', 'ctr', 'date', 'docker', 'dpkg', 'find', 'getcap', 'ip'],
  ...['iptables-save', 'journalctl', 'loginctl', 'lsns', 'nft', 'podman', 'ps', 'rpm', 'ss'],
  ...['systemctl', 'systemd-cgls', 'who'],
];

const text = readFileSync(join(bundledFolder(), 'linux.yml'), 'utf8');
const small = (items: string): string =>
  `id: x\ntitle: X\nsummary: X\nlimits: { bytes: 1MB, time: PT1M }\nitems:\n${items}`;
const A = '  - { id: a, title: A, volatility: disk, files: [/etc/hosts] }\n';

describe('a mistake in a collection', () => {
  it.each([
    [small('  - { id: a, title: A, volatility: soon, run: [who] }\n'), 'must be one of: memory'],
    [small('  - { id: a, title: A, volatility: disk }\n'), 'one of run, read and files'],
    [small('  - { id: a, title: A, volatility: disk, run: [sh, -c, ls] }\n'), 'runs a shell'],
    [
      small('  - { id: a, title: A, volatility: disk, run: [env, python3, x] }\n'),
      'an interpreter',
    ],
    [small('  - { id: a, title: A, volatility: disk, files: [etc/hosts] }\n'), 'an absolute path'],
    [small('  - { id: a, title: A, volatility: disk, files: [/tmp/../etc] }\n'), 'without ..'],
    [small(`${A}${A}`), 'there are two items "a"'],
    [
      small(`${A}  - { id: b, title: B, volatility: memory, run: [who] }\n`),
      'comes after one of disk',
    ],
    [small('  - { id: a, title: A, volatility: disk, runs: [who] }\n'), 'unknown key "runs"'],
    [text.replace('limits:', 'limit:'), 'unknown key "limit"'],
    ['id: [', 'not valid YAML'],
  ])('%#: is named with its place', async (written, said) => {
    const { collection, problems } = await readCollection(written, 'x.yml', 'user');
    expect(collection).toBeUndefined();
    expect(problems.map(({ message }) => message).join()).toContain(said);
    expect(problems.every(({ source }) => source.path === 'x.yml')).toBe(true);
  });

  it('in the choice of a profile says which there are', () => {
    expect(() => pickProfile(loaded, 'linus')).toThrow(/there is no profile "linus"/);
  });
});
