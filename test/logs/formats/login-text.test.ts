/** What applications say of logins, in their own words. */
import { describe, expect, it } from 'vitest';
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

  it.each(NO_LOGINS)('report none: %s', (text) => {
    expect(readLogin(text)).toBeUndefined();
  });
});
