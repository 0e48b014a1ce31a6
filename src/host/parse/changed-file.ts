/** What programs that compare files with a list of theirs say, in one form. */

/** A file that is not as its list has it. */
export interface ChangedFile {
  path: string;
  /** `content`: other bytes; `attributes`: the bytes are right, mode, owner or capabilities are not; `times`: only its time. */
  change: 'content' | 'attributes' | 'times' | 'missing' | 'added' | 'unreadable';
  /** The list says that it is there to be changed. */
  isConfiguration: boolean;
  /** The marks of the program, as it printed them. */
  marks: string;
  /** Why it could not be read. */
  reason?: string | undefined;
}

/** What an output said, and its lines that say nothing known. */
export interface ReadOutput {
  files: readonly ChangedFile[];
  unknown: readonly string[];
}
