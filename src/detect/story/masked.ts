/** Commands without the passwords they were given: a story is read by many, the evidence by few. */

/** What stands in the place of a secret. */
const MASK = '***';

/** A word of a command, quoted or not. */
const WORD = `(?:"[^"]*"|'[^']*'|[^\\s"'|;&]+)`;
/** Programs whose `-p` is followed by a password at once; of others it is a port or a path. */
const WITH_P =
  '(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|7z|7za|7zz|zip|unrar|rar)(?:\\.exe)?';

/** What stands before a secret, and the secret. One pass each, without going back. */
const SECRETS: readonly RegExp[] = [
  // --password=x, --password x, -Password x, /password:x
  new RegExp(
    `((?:^|\\s)(?:--?|/)[\\w-]{0,30}(?:passw(?:or)?d|passphrase|passwort|pass|pwd|secret|token|api-?key|secret-access-key)(?:[=:]|\\s+))(?!-)${WORD}`,
    'gi',
  ),
  // PGPASSWORD=x, MYSQL_PWD=x, AWS_SECRET_ACCESS_KEY=x
  new RegExp(
    `((?:^|\\s)\\w{0,40}(?:PASSWORD|PASSWD|PWD|SECRET|SECRET_ACCESS_KEY|TOKEN|API_KEY)=)${WORD}`,
    'g',
  ),
  new RegExp(`(\\bsshpass\\s+-p\\s*)${WORD}`, 'g'),
  new RegExp(`(\\b${WITH_P}\\s(?:[^|;&]{0,300}?\\s)?-h?p)(?![\\s-])${WORD}`, 'gi'),
  // curl -u name:x, smbclient -U name%x
  /(\s(?:-u|-U|--user|--proxy-user)[=\s]\s*["']?[^\s:%"'|]+[:%])[^\s"'|;&]+/g,
  // https://name:x@host
  /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/]{1,100}:)[^\s@/]+(?=@)/gi,
  // net use \\host x /user:name, net user name x /add
  /(\bnet1?(?:\.exe)?\s+use\s+(?:\w:\s+)?\\\\\S+\s+)(?!\/)\S+/gi,
  /(\bnet1?(?:\.exe)?\s+user\s+(?!\/)\S+\s+)(?!\/)\S+/gi,
  /(\bauthorization:\s*(?:bearer|basic)\s+)[^\s"']+/gi,
];
/** `echo name:x | chpasswd` */
const TO_CHPASSWD = /(\becho\s+["']?[^\s:"'|]+:)[^\s"'|]+(?=["']?\s*\|\s*(?:sudo\s+)?chpasswd)/g;

/** A command as it may be told. */
export const masked = (command: string): string =>
  [...SECRETS, TO_CHPASSWD].reduce(
    (text, secret) => text.replace(secret, (_, before: string) => `${before}${MASK}`),
    command,
  );
