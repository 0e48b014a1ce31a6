// What the program claims beside what is true: right, wrong or missing, field by field.
import { isIP } from 'node:net';
import { rfc3339 } from '../../dist/events/rfc3339.js';

/** Text without what spelling may differ in: case, the ways to write an address, a number as text. */
export function plain(value) {
  const text = String(value).trim().toLowerCase();
  const bare = text.replace(/^\[|\]$/g, '').replace(/^::ffff:(?=\d+\.)/, '');
  if (/^0*\d{1,3}(?:\.0*\d{1,3}){3}$/.test(bare)) return bare.split('.').map(Number).join('.');
  if (isIP(bare) === 6) return new URL(`http://[${bare.replace(/%.*/, '')}]/`).hostname;
  return bare;
}

/** Answers of the sets that what made the line contradicts: `why` names it. They count neither way. */
export const DISPUTED = [
  {
    place:
      /^charon-ipsec-logs\/charon-ipsec-logs\.log:(?:10|50|54|56|58|60|62|64|66|78|85|89|93|97|101|105|109|113|117|121|124|127|130|133|136|139|142|145|148|151|154)$/,
    field: 'source.ip',
    why: 'a packet that the gateway sends, whose receiver the set takes for its source',
  },
  {
    place: /postgresql.*9[.-]6-(?:new-timestamp|multi-core)\.log/,
    field: '@timestamp',
    isOf: (truth) => truth.startsWith('2017-07-31'),
    why: 'EST in July: the server names a zone five hours behind UTC, the set reads the summer time of New York',
  },
  {
    place: /^packages\/istio\/data_stream\/access_logs\//,
    field: 'http.response.body.bytes',
    why: 'Envoy writes the bytes received before those sent; the set has the first for the answer',
  },
  {
    place: /^dovecot#(?:2|5|8|10):/,
    field: '@timestamp',
    why: 'TAI64N labels begin ten seconds before the epoch of UTC; the set leaves these out',
  },
  {
    place: /^sshd(?:-journal)?#(?:244|252|254|262):/,
    field: 'event.outcome',
    why: 'an accepted login, which the set calls a failure because the one before it failed',
  },
  {
    place: /^packages\/snort\/.*test-log-(?:json|pfsense)/,
    field: '@timestamp',
    why: 'Snort writes seconds since the epoch, or the year; the set takes the year in which it was made, or another day',
  },
  {
    place: /^packages\/cisco_ios\/.*test-date-format/,
    field: '@timestamp',
    why: 'the switch names its zone, the set reads its clock as UTC',
  },
  {
    place: /^packages\/checkpoint\/.*test-r81x\.log:4$/,
    field: '@timestamp',
    why: 'a line that two records were written into',
  },
  {
    place: /^packages\/windows\/.*sysmon/,
    field: '@timestamp',
    why: 'the time of a Windows event is its TimeCreated; the set takes what Sysmon says of its own in the data',
  },
  {
    place: /^packages\/hashicorp_vault\/.*test-faked-all-fields\.log:2$/,
    field: 'event.outcome',
    why: 'an error that is empty, which the set takes for one',
  },
  {
    place: /^packages\/box_events\/.*test-malicious-content/,
    field: '@timestamp',
    why: 'the set reads the minutes of the offset as a time',
  },
];

/** A tally of one set. */
export function createTally(set) {
  const fields = new Map();
  const wrong = [];
  const missing = [];
  const countOf = (field) => {
    const known = fields.get(field) ?? { right: 0, wrong: 0, missing: 0 };
    fields.set(field, known);
    return known;
  };
  return {
    set,
    fields,
    wrong,
    missing,
    /** Compares a claim with what is true of it; a true value may be a list of which one must be met. */
    compare(field, claim, truth, place, isSame = isEqual) {
      if (isEmpty(truth)) return;
      if (
        DISPUTED.some(
          (one) => one.field === field && one.place.test(place) && (one.isOf?.(truth) ?? true),
        )
      )
        return;
      const count = countOf(field);
      if (isEmpty(claim)) {
        count.missing += 1;
        missing.push({ field, truth, place });
      } else if (isSame(claim, truth)) count.right += 1;
      else {
        count.wrong += 1;
        wrong.push({ field, claim, truth, place });
      }
    },
  };
}

/** Words that mean one level. */
const SAME_WORDS = {
  information: 'info',
  informational: 'info',
  i: 'info',
  w: 'warning',
  e: 'error',
  f: 'fatal',
  notification: 'notice',
  warn: 'warning',
  err: 'error',
};

/** Is the level the same, in whichever words? */
export function isSameLevel(claim, truth) {
  const word = (text) => SAME_WORDS[plain(text)] ?? plain(text);
  return word(claim) === word(truth);
}

/** Is the part of a URL the same, with and without its percent signs? */
export const isSameUrl = (claim, truth) => decoded(claim) === decoded(truth);

function decoded(text) {
  try {
    return decodeURIComponent(plain(text));
  } catch {
    return plain(text);
  }
}

const isEmpty = (value) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && !value.length);

/** What auditd and Azure write for success. */
const outcomeWord = (text) => (text === '1' || text === 'succeeded' ? 'success' : text);

function isEqual(claim, truth) {
  const wanted = [truth].flat().map((one) => outcomeWord(plain(one)));
  return [claim].flat().some((one) => wanted.includes(outcomeWord(plain(one))));
}

const STAMP = /^(\d{4})?-?(\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/;

/** The event's time as text, with what the line left open: its zone or its year. */
export const timeOf = (event) =>
  event?.timeUs === undefined
    ? undefined
    : { text: rfc3339(event.timeUs), by: event.timeConfidence };

/**
 * Is the time right? Where the line names no zone, the true time's own wall clock is compared; where it names no
 * year, month, day and time. To the millisecond, or to the second where either side has no more.
 * @param zone the offset the truth was made with, when the set says so
 */
export function isSameTime(claim, truth, zone) {
  const said = splitStamp(claim.text);
  const ms = instantOf(truth);
  const utc = Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
  const candidates = [truth, inOffset(truth, zone), utc].map(splitStamp);
  return candidates.some((one) => {
    if (one === undefined) return false;
    const isClose = one.millis === '' || said.millis === '000' || one.millis === said.millis;
    if (!isClose) return false;
    if (claim.by === 'exact' && one.year !== undefined) return said.second === one.second;
    const isSameYear =
      claim.by !== 'zone-assumed' || one.year === undefined || one.year === said.year;
    return said.wall === one.wall && isSameYear;
  });
}

function splitStamp(text) {
  const found = STAMP.exec(text ?? '');
  if (found === null) return undefined;
  const [, year, day, time, fraction = '', zone = 'Z'] = found;
  const second = Date.parse(`${year ?? 2000}-${day}T${time}${zone}`);
  const millis = fraction === '' ? '' : fraction.padEnd(3, '0').slice(0, 3);
  return { year, wall: `${day} ${time}`, second, millis };
}

/** Milliseconds since the epoch. What names no zone is in UTC, not in that of the machine that counts. */
function instantOf(text) {
  const bare = /^(\d{4})[-/](\d\d)[-/](\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)$/.exec(text);
  return Date.parse(bare === null ? text : `${bare[1]}-${bare[2]}-${bare[3]}T${bare[4]}Z`);
}

function inOffset(text, zone) {
  const found = /^(?:GMT|UTC)?([+-])(\d{1,2}):?(\d\d)?$/.exec(zone ?? '');
  const ms = instantOf(text);
  if (found === null || Number.isNaN(ms)) return undefined;
  const minutes = Number(found[2]) * 60 + Number(found[3] ?? 0);
  return new Date(ms + (found[1] === '-' ? -minutes : minutes) * 60_000).toISOString();
}
