/** What applications say of logins, in their own words. */
import { describe, expect, it } from 'vitest';
import type { Event } from '../../../src/events/event.ts';
import { refineWords } from '../../../src/logs/formats/general-words.ts';
import { setPeer } from '../../../src/logs/formats/linux/peer.ts';
import { readLogin } from '../../../src/logs/formats/login-text.ts';

const A = '203.0.113.9';

// biome-ignore format: a table
const FAILED: readonly (readonly [string, string | undefined, string | undefined])[] = [
  [`Invalid TOTP code for user bob from ${A}`, 'bob', A],
  [`Invalid admin token. IP: ${A}`, undefined, A],
  [`Failed login attempt, 2FA invalid. ${A}`, undefined, A],
  [`failed to validate user credentials (invalid format) ip=${A}:30122 subsystem=sftp username=bob`, 'bob', A],
  [`Authentication attempt from ${A} has been rate-limited.`, undefined, A],
  [`Authentication attempt from [${A}, 192.0.2.7] for user "bob" failed.`, 'bob', A],
  [`Incorrect username or password for user bob. IP=${A}`, 'bob', A],
  [`login failed user="jo smith" ip=${A}`, 'jo smith', A],
  [`login failed user="o'neil" ip=${A}`, "o'neil", A],
  [`login failed user=- ip=${A}`, undefined, A],
  [`login failed from ${A} account='a b'`, 'a b', A],
];
const NO_LOGINS: readonly string[] = [
  'Two factor is required before you log in',
  `Token for ${A} issued`,
  'The authentication attempt limiter has started',
  'mfa enabled for bob',
];

describe('the words of an application', () => {
  it.each(FAILED)('report a failed login: %s', (text, user, address) => {
    expect(readLogin(text)).toEqual({ outcome: 'failure', user, address });
  });

  it.each(FAILED.slice(-4, -1))('also in syslog: %s', (text, user, address) => {
    const event = { message: text } as Event;
    setPeer(text, event);
    expect([event['user.name'], event['source.ip']]).toEqual([user, address]);
  });

  it.each([
    ['done user="jo smith" took 3', 'jo smith'],
    ['done user=- took 3', undefined],
    ['done user=bob took 3', 'bob'],
  ])('name an account in any message: %s', (message, user) => {
    expect(refineWords({ message } as Event)['user.name']).toBe(user);
  });

  it.each(NO_LOGINS)('report none: %s', (text) => {
    expect(readLogin(text)).toBeUndefined();
  });
});
