/** When the incident was noticed: asked for by `ir open` and `ir close`, never assumed. */
import type { Instant, KeyTimes } from '../incidents/incident.ts';
import { assertTimesInOrder } from '../incidents/key-times.ts';
import type { CommandContext } from './context.ts';
import { readInstant } from './incident-access.ts';
import { FEW_TIMES } from './time-help.ts';

/**
 * Asks when it was noticed, without a proposal: who presses Enter would date it now, and the times to detect and to
 * respond would be measured from there. Undefined when the answer is `unknown`.
 */
export async function askDetected(
  context: CommandContext,
  given: Partial<KeyTimes>,
): Promise<Instant | undefined> {
  const flag = '--detected-at';
  const read = (answer: string, by = context): Instant | undefined => {
    if (answer.toLowerCase() === 'unknown') return undefined;
    const detected = readInstant(by, answer, flag);
    assertTimesInOrder({ ...given, detected }, ['detected'], context.now());
    return detected;
  };
  const answer = await context.ask.text({
    message: `Detected when (${FEW_TIMES}, unknown)`,
    flag,
    required: true,
    // What it is read as is said once.
    check: (text) => read(text, { ...context, say: () => undefined }),
  });
  return read(answer);
}
