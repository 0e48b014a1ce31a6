/** What the devices of Cisco write between the stamps and the mnemonic: `%SEC_LOGIN-4-LOGIN_FAILED: ...`. */
/** A node of IOS XR in front of its stamp: `RP/0/RSP0/CPU0:Nov 24 10:00:01.123 UTC: `. */
const NODE = /[RL][PC]\/\d{1,3}\/\w{1,8}\/CPU\d:/y;
/** For how long the device runs, where its clock was never set: `00:05:12: `, `1w2d: `, behind a number or not. */
const UPTIME =
  /(?:\d{1,10}: )?(?:(?:\d{1,4}[ywdh]){1,3}|\d{1,4}:\d\d:\d\d(?:\.\d{1,6})?): (?=%[A-Z])/y;

/** The index after the name of a node at `at`; `at` where there is none. */
export const skipNode = (line: string, at: number): number => skip(NODE, line, at);

/** The index after a time of running at `at`; `at` where there is none. */
export const skipUptime = (line: string, at: number): number => skip(UPTIME, line, at);

function skip(expression: RegExp, line: string, at: number): number {
  expression.lastIndex = at;
  return expression.test(line) ? expression.lastIndex : at;
}
