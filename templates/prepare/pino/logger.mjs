// Logging for a service with pino: one JSON object a line, UTC, nothing secret.
import pino from 'pino';

// What travels under these names is never written. A `*` stands for one level, so each is named at the top and below.
const SECRETS = ['password', 'passwd', 'passphrase', 'secret', 'token', 'access_token', 'refresh_token', 'apiKey', 'api_key', 'authorization', 'cookie'];

export const logger = pino({
  level: process.env.LOG_LEVEL ?? 'info',
  base: { 'service.name': process.env.SERVICE_NAME ?? 'app', pid: process.pid },
  // A number of milliseconds is no time for people.
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
  messageKey: 'message',
  serializers: { err: pino.stdSerializers.err },
  redact: {
    paths: [
      'req.headers.authorization',
      'req.headers.cookie',
      'res.headers["set-cookie"]',
      ...SECRETS,
      ...SECRETS.map((name) => `*.${name}`),
      ...SECRETS.map((name) => `*.*.${name}`),
    ],
    censor: '[masked]',
  },
});

/**
 * One act: `event('login', { outcome: 'failure', user: 'kim', ip: req.ip, reason: 'wrong password' })`.
 * Log these: login, logout, password_change, mfa_change, permission_change, configuration_change, access_denied.
 */
export function event(action, { outcome, user, ip, ...more }) {
  logger[outcome === 'failure' ? 'warn' : 'info'](
    { 'event.action': action, 'event.outcome': outcome, 'user.name': user, 'source.ip': ip, ...more },
    `${action} ${outcome}`,
  );
}
