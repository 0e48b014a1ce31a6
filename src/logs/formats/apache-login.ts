/** Refused logins and authorisations among Apache's error messages (mod_auth_*, mod_authz_*, PHP). */
import { readLogin } from './login-text.ts';

/** What a message says of a login or of access that was asked for. */
export interface ApacheLogin {
  outcome: 'success' | 'failure';
  /** The user is known but may not have what he asked for. */
  isAuthorization: boolean;
  user: string | undefined;
  path: string | undefined;
  reason: string;
}

interface Pattern {
  text: RegExp;
  reason: string;
  isAuthorization?: boolean;
}

// Names are greedy: they come from the client and may contain the words behind them.
const PATTERNS: readonly Pattern[] = [
  {
    text: /^(?:Digest: )?user `(?<user>.*)' in realm `.*' not found: (?<path>\S*)/s,
    reason: 'unknown user',
  },
  { text: /^(?:Digest: )?user (?<user>.*) not found(?:: (?<path>\S*))?$/s, reason: 'unknown user' },
  {
    text: /^user (?<user>.*): authentication failure for "(?<path>[^"]*)": Password Mismatch/s,
    reason: 'password mismatch',
  },
  {
    text: /^user (?<user>.*): authentication failure for "(?<path>[^"]*)"/s,
    reason: 'authentication failure',
  },
  {
    text: /^(?:Digest: )?user (?<user>.*): password mismatch: (?<path>\S*)/s,
    reason: 'password mismatch',
  },
  {
    text: /^user (?<user>.*): authorization failure for "(?<path>[^"]*)"/s,
    reason: 'authorization failure',
    isAuthorization: true,
  },
  {
    text: /^Authorization of user (?<user>.*) to access (?<path>\S+) failed/s,
    reason: 'authorization failure',
    isAuthorization: true,
  },
  {
    text: /^access to (?<path>\S+) failed, reason: user '?(?<user>[^']*?)'? (?:does not meet|is not)/,
    reason: 'authorization failure',
    isAuthorization: true,
  },
  {
    text: /^auth_ldap authenticate: user (?<user>.*) authentication failed; URI (?<path>\S+)/s,
    reason: 'authentication failure',
  },
  {
    text: /^(?:Digest: )?(?:invalid nonce .{0,4096} received - (?:length is not|user attempted)|realm mismatch|unknown algorithm|invalid qop|nonce mismatch)\b/,
    reason: 'invalid digest',
  },
  {
    text: /^client used wrong authentication scheme: (?<path>\S*)/,
    reason: 'wrong authentication scheme',
  },
];

const PHP_MESSAGE = /^(?:Got error '?)?(?:PHP message: )(.{1,400})/;

/**
 * Undefined when the message reports no login.
 * @param provider the module that wrote it; of PHP's own all are a program's words
 */
export function readApacheLogin(text: string, provider = ''): ApacheLogin | undefined {
  for (const { text: pattern, reason, isAuthorization } of PATTERNS) {
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined && !pattern.test(text)) continue;
    const user = groups?.['user'];
    return {
      outcome: 'failure',
      isAuthorization: isAuthorization === true,
      user: user === '' ? undefined : user,
      path: groups?.['path'] === '' ? undefined : groups?.['path'],
      reason,
    };
  }
  return phpLogin(provider === 'php' ? text : PHP_MESSAGE.exec(text)?.[1]);
}

function phpLogin(message: string | undefined): ApacheLogin | undefined {
  const login = message === undefined ? undefined : readLogin(message);
  if (message === undefined || login === undefined) return undefined;
  return {
    outcome: login.outcome,
    isAuthorization: false,
    user: login.user,
    path: undefined,
    reason: message.replace(/'$/, ''),
  };
}
