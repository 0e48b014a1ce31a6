/** Words as a POSIX shell must read them: the one place where text becomes shell words. */

/** One word, in single quotes where it holds anything but harmless characters. NUL cannot be part of one. */
export const quoteWord = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** An argv as words of a POSIX shell: each element becomes one word again, whatever it holds. */
export const quoteArgv = (argv: readonly string[]): string => argv.map(quoteWord).join(' ');
