/** A pattern taken apart: what stands as it is, what is a field, and where there is a choice. */
import type { Kind } from './kinds.ts';

/** Text that stands as it is. */
export interface Literal {
  is: 'literal';
  text: string;
  /** Where it stands in the text of the pattern. */
  at: number;
}

/** A field and what its text may be. */
export interface FieldNode {
  is: 'field';
  /** An ECS name, a group of them (`source`, `request`, `url`), `@timestamp`, `$name`, or `-` for what is passed over. */
  field: string;
  kindName: string;
  kind: Kind;
  /** Its text goes up to the last occurrence of what follows, not the first. */
  isFromRight: boolean;
  /** As the pattern has it: two that are written alike are alike. */
  written: string;
  at: number;
}

/** Several ways of going on; one of them may be empty. */
export interface Choice {
  is: 'choice';
  /** Tried in this order. */
  branches: readonly Sequence[];
  at: number;
}

/** One element of a pattern. */
export type Node = Literal | FieldNode | Choice;
/** Elements that follow one another. */
export type Sequence = readonly Node[];

/** A mistake in a pattern, at an offset of its text. */
export class PatternError extends Error {
  readonly at: number;
  readonly hint: string | undefined;

  constructor(message: string, at: number, hint?: string) {
    super(message);
    this.name = 'PatternError';
    this.at = at;
    this.hint = hint;
  }
}
