import { describe, expect, it } from 'vitest';
import { rotationDateMs, rotationOf } from '../../src/logs/rotation.ts';

describe('rotationDateMs', () => {
  it.each<[string, string | undefined]>([
    ['auth.log-20260104', '2026-01-04T23:59:59.999Z'],
    ['/var/log/20240101/syslog-2026-01-04.gz', '2026-01-04T23:59:59.999Z'],
    ['access_20260104.log', '2026-01-04T23:59:59.999Z'],
    ['auth.log', undefined],
    ['auth.log.1', undefined],
    ['dump-120260104', undefined],
    ['auth.log-20261304', undefined],
    ['/var/20260104/auth.log', undefined],
  ])('%s', (path, expected) => {
    const found = rotationDateMs(path);
    expect(found === undefined ? undefined : new Date(found).toISOString()).toBe(expected);
  });
});

describe('rotationOf', () => {
  it.each<[string, string, number]>([
    ['/var/log/auth.log', '/var/log/auth.log', 0],
    ['/var/log/auth.log.1', '/var/log/auth.log', 1],
    ['/var/log/auth.log.12.gz', '/var/log/auth.log', 12],
    ['web.2.log', 'web.log', 2],
    ['messages.4.xz', 'messages', 4],
    ['a.b/auth.log', 'a.b/auth.log', 0],
    ['auth.log-20260104.gz', 'auth.log-20260104', 0],
  ])('%s', (path, log, age) => expect(rotationOf(path)).toEqual({ log, age }));
});
