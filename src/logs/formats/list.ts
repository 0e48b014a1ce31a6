/** Every log format in the order of asking. Made by `node bin/list-formats.js` from the files of this folder. */
import { withDeclared } from '../load-formats.ts';
import { format as access } from './access.ts';
import { format as accessTimeFirst } from './access-time-first.ts';
import { format as apacheError } from './apache-error.ts';
import { format as auditd } from './auditd.ts';
import { format as btmp } from './btmp.ts';
import { format as cloudtrail } from './cloudtrail.ts';
import { format as container } from './container.ts';
import { format as csv } from './csv.ts';
import { format as irDocument } from './ir-document.ts';
import { format as journald } from './journald.ts';
import { format as jsonLines } from './json-lines.ts';
import { format as lastlog } from './lastlog.ts';
import type { LogFormat } from './log-format.ts';
import { format as nginxError } from './nginx-error.ts';
import { format as sar } from './sar.ts';
import { format as syslog } from './syslog.ts';
import { format as utmp } from './utmp.ts';
import { format as windowsEvent } from './windows-event.ts';
import { format as windowsJson } from './windows-json.ts';
import { format as zeek } from './zeek.ts';

/** Those in code and those of `templates/formats`. */
export const FORMATS: readonly LogFormat[] = withDeclared([
  accessTimeFirst,
  access,
  apacheError,
  auditd,
  btmp,
  cloudtrail,
  container,
  csv,
  irDocument,
  journald,
  jsonLines,
  lastlog,
  nginxError,
  sar,
  syslog,
  utmp,
  windowsEvent,
  windowsJson,
  zeek,
]);
