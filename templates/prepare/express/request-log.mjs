// A log of requests and logins for Express 4 and 5, without other packages.
//
//   behindProxies(app, '10.0.0.0/8');          // only where there are some
//   app.use(requestLog());                     // before all routes
//   app.post('/login', express.json(), loginLog((req) => req.body?.username), handler);
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';

const out = process.env.LOG_FILE ? createWriteStream(process.env.LOG_FILE, { flags: 'a', mode: 0o640 }) : process.stdout;
// A log that cannot be written must not end the service.
out.on('error', (error) => console.error(`request log: ${error.message}`));

// JSON escapes line ends and quotes: a client cannot make a line of its own.
const write = (fields) => out.write(`${JSON.stringify({ '@timestamp': new Date().toISOString(), ...fields })}\n`);

/** Takes the client's address from X-Forwarded-For of these proxies; with `true` clients would choose it. */
export function behindProxies(app, addresses) {
  app.set('trust proxy', addresses);
}

const about = (req) => ({
  'source.ip': req.ip,
  'user.name': req.user?.username ?? req.user?.name ?? req.session?.user?.name,
  'http.request.id': req.id,
  'http.request.method': req.method,
  // The query is left out: resets, invitations and callbacks carry secrets there.
  'url.path': req.originalUrl.split('?', 1)[0],
  'user_agent.original': req.get('user-agent'),
});

/** Logs every request when it is answered or given up. */
export function requestLog() {
  return (req, res, next) => {
    const begin = process.hrtime.bigint();
    req.id = randomUUID();
    res.set('x-request-id', req.id);
    res.on('close', () => {
      const status = res.writableFinished ? res.statusCode : 499;
      write({
        'log.level': status >= 500 ? 'error' : 'info',
        message: 'request',
        ...about(req),
        'http.response.status_code': status,
        'event.outcome': status >= 400 ? 'failure' : 'success',
        'event.duration': Number(process.hrtime.bigint() - begin),
      });
    });
    next();
  };
}

/** Logs how a login ended, by the status of the answer. @param nameOf who tried; only the name is ever read */
export function loginLog(nameOf = (req) => req.body?.username) {
  return (req, res, next) => {
    res.on('finish', () => {
      const isIn = res.statusCode < 400;
      write({
        'log.level': isIn ? 'info' : 'warn',
        message: isIn ? 'login' : 'login failed',
        'event.category': ['authentication'],
        'event.action': 'login',
        'event.outcome': isIn ? 'success' : 'failure',
        ...about(req),
        'user.name': String(nameOf(req) ?? '').slice(0, 200),
      });
    });
    next();
  };
}
