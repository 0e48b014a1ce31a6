/** What a regulation says of its deadlines: a file of `templates/regulations`, or a clock of the plan. */

/** How long something may take, from what on. */
export interface Due {
  hours?: number | undefined;
  days?: number | undefined;
  months?: number | undefined;
  businessDays?: number | undefined;
  /** The law names no length of time: without delay. */
  isAtOnce: boolean;
  /** The event from which it is counted; `submitted` is that of the duty before. */
  of: string;
  /** It bounds the others, and holds no more where the event that starts them comes later. */
  isCap: boolean;
  /** Counted from the end of the year of the event. */
  isFromEndOfYear: boolean;
  /** Time of day at which the last day ends, such as 17:30; its end where absent. */
  endsAt?: string | undefined;
}

/** Something that a notification must hold, and the facts of the case that say it. */
export interface ContentItem {
  text: string;
  facts: readonly string[];
}

/** One notification that is owed. */
export interface Duty {
  /** `nis2-23-final`: what a clock is started with. */
  id: string;
  title: string;
  cite: string;
  dues: readonly Due[];
  /** Id of the duty whose submission starts this one. */
  after?: string | undefined;
  /** It is not started with the regulation, but by its own name. */
  isOptional: boolean;
  recipient: string;
  /** What holds where it is late. */
  late: string;
  content: readonly ContentItem[];
  exceptions: readonly string[];
}

/** Whether a regulation binds anybody today. */
export const REGULATION_STATUSES = ['in_force', 'contractual', 'proposed', 'unverified'] as const;

/** What a part of a file was compared with: the wording of the law (or a copy), what others write about it, nothing. */
export const CHECKED_AGAINST = ['text', 'report', 'nothing'] as const;

/** A regulation with its duties. */
export interface Regulation {
  id: string;
  regime: string;
  title: string;
  jurisdiction: string;
  status: (typeof REGULATION_STATUSES)[number];
  /** Days, `2018-05-25`: since when it applies, and when the file was last gone over. */
  since: string;
  asOf: string;
  cite: string;
  url: string;
  sources: readonly { cite: string; url: string }[];
  /** What was read when the file was written; nothing of it makes the file right. */
  checked: readonly {
    of: string;
    against: (typeof CHECKED_AGAINST)[number];
    url?: string | undefined;
  }[];
  applies: string;
  note: string;
  /** Facts that make it worth a thought. */
  suggest: { data: readonly string[]; countries: readonly string[] };
  counting: 'plain' | 'eu-1182';
  /** Does an end on a day on which nobody works move to the next working day? */
  rolls: boolean;
  /** What some may take where an end falls on a weekend or holiday. */
  relief: 'noon_of_next_working_day' | undefined;
  /** Where its days are counted; undefined: where the user is. */
  zone: string | undefined;
  country: string | undefined;
  /** The question that each trigger asks. */
  triggers: Readonly<Record<string, string>>;
  duties: readonly Duty[];
  path: string;
  sha256: string;
  origin: 'bundled' | 'user' | 'plan';
}
