/** What an exercise expects, as its file says it and as the journal keeps it. */

/** A question to a group. `points` are what a good answer names. */
export interface ExerciseQuestion {
  id: string;
  asks: string;
  points: readonly string[];
}

/** Something that those who practise are told. */
export interface Inject {
  id: string;
  /** Minutes of the drill's clock after its start. */
  at: number;
  from: string;
  says: string;
  /** For an exercise at a table. */
  asks: readonly ExerciseQuestion[];
}

/** An entry of the journal that shows an act: its kind, and values of its payload by path (`*` stands for any text). */
export interface Sign {
  entry: string;
  with: Readonly<Record<string, readonly string[]>>;
}

/** What should be done, and until when. */
export interface Expected {
  id: string;
  says: string;
  /** Inject after which its minutes are counted; the start where absent. */
  after?: string | undefined;
  /** Minutes of the drill's clock. */
  within: number;
  /** Points for it, half of them when it is late. */
  worth: number;
  /** One of them is enough. */
  shown: readonly Sign[];
}

/** What should not be done. */
export interface Danger {
  id: string;
  says: string;
  costs: number;
  /** It is one only before this is done. */
  before?: string | undefined;
  shown: readonly Sign[];
}

/** A whole exercise. */
export interface Exercise {
  /** Playbook of the incident. */
  playbook: string;
  severity: 'SEV1' | 'SEV2' | 'SEV3' | 'SEV4';
  /** What is known when it begins: the incident's title. */
  opening: string;
  /** How long it lasts, by the drill's clock. */
  minutes: number;
  objectives: readonly string[];
  injects: readonly Inject[];
  expected: readonly Expected[];
  dangers: readonly Danger[];
}
