// Logging for a service with winston: one JSON object a line, UTC, nothing secret.
import winston from 'winston';

const { combine, errors, json, timestamp } = winston.format;

// Names under which secrets travel: what stands there is never written.
const SECRET = /^(?:.*(?:password|passwd|passphrase|secret|token|api_?key|credential)|authorization|cookie|set-cookie|pin|cvv)$/i;
// And where they stand in texts.
const IN_TEXT = /\b(bearer|basic)\s+[\w.~+/=-]{8,}|\b(password|token|secret|api_?key)=[^\s&"]+/gi;
const MASKED = '[masked]';

function mask(value, depth = 0) {
  if (typeof value === 'string') return value.replace(IN_TEXT, (_, scheme, name) => (scheme ? `${scheme} ${MASKED}` : `${name}=${MASKED}`));
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  if (depth > 8) return MASKED;
  if (Array.isArray(value)) return value.map((item) => mask(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, SECRET.test(name) ? MASKED : mask(item, depth + 1)]),
  );
}

// Formats must keep the symbols that winston puts on an entry, so the entry itself is changed.
const masking = winston.format((info) => {
  for (const [name, value] of Object.entries(info)) {
    if (name !== 'level') info[name] = SECRET.test(name) ? MASKED : mask(value);
  }
  return info;
});

export const logger = winston.createLogger({
  level: process.env.LOG_LEVEL ?? 'info',
  // A full disk must not end the service.
  exitOnError: false,
  defaultMeta: { 'service.name': process.env.SERVICE_NAME ?? 'app' },
  format: combine(timestamp(), errors({ stack: true }), masking(), json()),
  transports: [
    // Under systemd or in a container: new winston.transports.Console(). Then nothing rotates here.
    new winston.transports.File({ filename: process.env.LOG_FILE ?? 'app.log', maxsize: 50 * 1024 * 1024, maxFiles: 10, tailable: true }),
  ],
});

/**
 * One act: `event('login', { outcome: 'failure', user: 'kim', ip: req.ip, reason: 'wrong password' })`.
 * Log these: login, logout, password_change, mfa_change, permission_change, configuration_change, access_denied.
 */
export function event(action, { outcome, user, ip, ...more }) {
  logger.log(outcome === 'failure' ? 'warn' : 'info', `${action} ${outcome}`, {
    'event.action': action,
    'event.outcome': outcome,
    'user.name': user,
    'source.ip': ip,
    ...more,
  });
}
