/** From counts to how well a check is met, by the name that data gives the measure. Pure. */
import type { Facts } from './facts.ts';

/** How well: 0 to 1, and what was seen. Undefined where nothing speaks for or against it. */
export interface Measured {
  share: number;
  evidence: string;
  examples?: readonly string[];
}

type Measure = (facts: Facts) => Measured | undefined;

/** Kinds that open doors; the others are about people. */
const PERSONAL = new Set('card iban national-id mail phone'.split(' '));

const ofKinds =
  (isWanted: (kind: string) => boolean): Measure =>
  ({ found, events }) => {
    const kinds = [...found].filter(([kind]) => isWanted(kind));
    const total = kinds.reduce((sum, [, { count }]) => sum + count, 0);
    if (total === 0) return { share: 1, evidence: `none in ${events} events` };
    return {
      share: 0,
      evidence: kinds.map(([kind, { count }]) => `${count} ${kind}`).join(', '),
      examples: kinds.flatMap(([, { examples }]) => examples).slice(0, 3),
    };
  };

const part = (count: number, of: number, what: string): Measured | undefined =>
  of === 0 ? undefined : { share: count / of, evidence: `${count} of ${of} ${what}` };

const seen = (count: number, what: string): Measured => ({
  share: count > 0 ? 1 : 0,
  evidence: count > 0 ? `${count} ${what}` : `no ${what}`,
});

const HOUR_US = 3_600_000_000;

/** Measures by name. */
export const MEASURES = {
  secrets: ofKinds((kind) => !PERSONAL.has(kind)),
  personal: ofKinds((kind) => PERSONAL.has(kind)),
  readable: ({ lines, skipped }) => part(lines - skipped, lines, 'lines were read'),
  zone: ({ zoned, timed, late }) => part(zoned, timed - late, 'stamps name their zone'),
  precision: ({ fine, timed }) =>
    timed < 20
      ? undefined
      : {
          share: fine * 2 >= timed ? 1 : 0,
          evidence: `${fine} of ${timed} stamps are finer than a second`,
        },
  levels({ levels, events }) {
    const said = [...levels].sort(([, a], [, b]) => b - a);
    const debug = said.reduce(
      (sum, [level, count]) => sum + (/^(?:debug|trace)/.test(level) ? count : 0),
      0,
    );
    const evidence = said.map(([level, count]) => `${count} ${level}`).join(', ');
    return { share: said.length > 1 && debug * 4 < events ? 1 : 0, evidence };
  },
  logins: ({ loginsOk, loginsFailed }) => ({
    share: (Number(loginsOk > 0) + Number(loginsFailed > 0)) / 2,
    evidence: `${loginsOk} logins, ${loginsFailed} failed ones`,
  }),
  denied: ({ denied }) => seen(denied, 'refusals'),
  credentials: ({ credentials }) => seen(credentials, 'changes of passwords or second factors'),
  permissions: ({ permissions }) => seen(permissions, 'changes of accounts or permissions'),
  configuration: ({ configuration }) =>
    seen(configuration, 'changes of configuration, starts or stops'),
  errors: ({ errors, stacks }) => part(stacks, errors, 'errors say where they arose'),
  user: ({ acts, actsWithUser }) => part(actsWithUser, acts, 'logins and changes name the user'),
  address: ({ withAddress, fromOutside }) =>
    part(withAddress, fromOutside, 'logins and requests name the address'),
  requestId: ({ requestIds, requests }) => part(requestIds, requests, 'requests have an id'),
  injection: ({ injected: { count, example }, events }) =>
    count === 0
      ? { share: 1, evidence: `none in ${events} events` }
      : {
          share: 0,
          evidence: `${count} events`,
          ...(example === undefined ? {} : { examples: [example] }),
        },
  gaps({ firstUs, lastUs, timed, longestGapUs }) {
    if (firstUs === undefined || lastUs === undefined || timed < 100) return undefined;
    // Without the pause: a long one would hide itself.
    const isBusy = (lastUs - firstUs - longestGapUs) / timed < 60_000_000;
    if (!isBusy) return undefined;
    const minutes = Math.round(longestGapUs / 60_000_000);
    return { share: longestGapUs > HOUR_US ? 0 : 1, evidence: `longest pause ${minutes} minutes` };
  },
  clock: ({ skew }) => (skew === undefined ? undefined : { share: 0, evidence: skew }),
} as const satisfies Readonly<Record<string, Measure>>;

/** One of the measures. */
export type MeasureName = keyof typeof MEASURES;
