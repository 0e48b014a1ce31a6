/**
 * Where the fields of one access line lie in the text that was scanned. Offsets are absolute in that
 * text, end exclusive; an absent field (also one written `-`) has start and end equal to -1.
 * Make one with `createAccessSpans` and reuse it for every line.
 */
export interface AccessSpans {
  /** The virtual host in front of the client, without port. */
  vhostStart: number;
  vhostEnd: number;
  /** Client address or host name as written, perhaps with its port, or the dash for nobody. */
  clientStart: number;
  clientEnd: number;
  /** The client as a 32-bit number, also when it is written as IPv6; -1 when it is no IPv4 address. */
  clientAddress: number;
  /** A list of forwarded addresses in front of the time, the client among them. */
  forwardedStart: number;
  forwardedEnd: number;
  userStart: number;
  userEnd: number;
  /** The text between the brackets. */
  timeStart: number;
  timeEnd: number;
  /** The whole quoted request, without its quotes. Start and end are equal when it is empty. */
  requestStart: number;
  requestEnd: number;
  /** Absent when the request is no HTTP request line. */
  methodStart: number;
  methodEnd: number;
  targetStart: number;
  targetEnd: number;
  /** First character after the `?` of the target; the query ends at `targetEnd`. */
  queryStart: number;
  /** Could the target hold something encoded (percent signs, plus signs, semicolons)? */
  isEncoded: boolean;
  /** The `1.1` of `HTTP/1.1`. */
  versionStart: number;
  versionEnd: number;
  /** -1 when the line has none. */
  status: number;
  /** Response body size; -1 when the line has none or says `-`. */
  bytes: number;
  referrerStart: number;
  referrerEnd: number;
  agentStart: number;
  agentEnd: number;
  /** What follows the user agent (or the size, in common format), up to `extrasEnd`. */
  extrasStart: number;
  extrasEnd: number;
  /** True when a quoted field holds a backslash escape. */
  hasEscape: boolean;
  /** The last minute that `accessTime` computed, so that it calls the clock once a minute. */
  timeCache: AccessTimeCache;
}

/** Packed characters of the last stamp's minute and zone, and what they came to. */
export interface AccessTimeCache {
  clock: unknown;
  date: number;
  year: number;
  minute: number;
  zone: number;
  minuteUs: number;
}

/** Makes the object that `scanAccess` fills. */
export const createAccessSpans = (): AccessSpans => ({
  vhostStart: -1,
  vhostEnd: -1,
  clientStart: -1,
  clientEnd: -1,
  clientAddress: -1,
  forwardedStart: -1,
  forwardedEnd: -1,
  userStart: -1,
  userEnd: -1,
  timeStart: -1,
  timeEnd: -1,
  requestStart: -1,
  requestEnd: -1,
  methodStart: -1,
  methodEnd: -1,
  targetStart: -1,
  targetEnd: -1,
  queryStart: -1,
  isEncoded: true,
  versionStart: -1,
  versionEnd: -1,
  status: -1,
  bytes: -1,
  referrerStart: -1,
  referrerEnd: -1,
  agentStart: -1,
  agentEnd: -1,
  extrasStart: -1,
  extrasEnd: -1,
  hasEscape: false,
  timeCache: { clock: undefined, date: -1, year: -1, minute: -1, zone: -1, minuteUs: 0 },
});

const POSITIONS = (Object.keys(createAccessSpans()) as (keyof AccessSpans)[]).filter(
  (
    field,
  ): field is Exclude<
    keyof AccessSpans,
    'hasEscape' | 'isEncoded' | 'timeCache' | 'status' | 'bytes' | 'clientAddress'
  > => /Start$|End$/.test(field),
);

/** Makes positions in a line positions in a text in which the line begins at `by`. */
export function moveSpans(spans: AccessSpans, by: number): void {
  for (const position of POSITIONS) if (spans[position] >= 0) spans[position] += by;
}
