/** From the bytes of a stream to messages: syslog over TCP in both framings, lines, and what ends with NUL. */

/** Cuts a stream; what is not whole yet waits inside it, within a limit. */
export interface Framer {
  /** The messages that are whole by now. @throws Error for what is none of the framing: the sender is cut off */
  push(bytes: Buffer): string[];
  /** What is left when the sender closes. */
  end(): string[];
}

const MOST_BYTES = 1 << 20;
const DIGITS = /^[1-9]\d{0,6} /;

/**
 * RFC 6587, told apart for each message as rsyslog does: a count and a space, else a line. What is longer than a mebibyte
 * is cut there.
 */
export function syslogFramer(): Framer {
  let held: Buffer = Buffer.alloc(0);
  const take = (isEnd: boolean): string[] => {
    const messages: string[] = [];
    let at = 0;
    while (at < held.length) {
      if (held[at] === 10 || held[at] === 0) {
        at += 1;
        continue;
      }
      const count = DIGITS.exec(held.toString('latin1', at, at + 9))?.[0];
      if (count === undefined) {
        const isDigits = /^[1-9]\d{0,6}$/.test(held.toString('latin1', at, at + 8));
        if (isDigits && !isEnd) break;
        const end = held.indexOf(10, at);
        if (end === -1 && !isEnd && held.length - at < MOST_BYTES) break;
        const stop = end === -1 ? Math.min(held.length, at + MOST_BYTES) : end;
        messages.push(held.toString('utf8', at, stop));
        at = stop;
        continue;
      }
      const start = at + count.length;
      const length = Number(count);
      if (length > MOST_BYTES) throw new Error(`a message of ${length} bytes is too long`);
      if (held.length < start + length && !isEnd) break;
      messages.push(held.toString('utf8', start, start + length));
      at = start + length;
    }
    held = Buffer.from(held.subarray(at));
    return messages;
  };
  return {
    push(bytes) {
      held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      return take(false);
    },
    end: () => take(true),
  };
}

/** Messages that end with a byte: a line break, or NUL as in GELF over TCP. */
export function endingFramer(ending: 0 | 10): Framer {
  let held: Buffer = Buffer.alloc(0);
  return {
    push(bytes) {
      held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      const messages: string[] = [];
      let at = 0;
      for (let end = held.indexOf(ending); end !== -1; end = held.indexOf(ending, at)) {
        if (end > at) messages.push(held.toString('utf8', at, end));
        at = end + 1;
      }
      held = Buffer.from(held.subarray(at));
      if (held.length > MOST_BYTES) throw new Error(`a message of more than ${MOST_BYTES} bytes`);
      return messages;
    },
    end: () => (held.length === 0 ? [] : [held.toString('utf8')]),
  };
}
