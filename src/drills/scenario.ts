/** The typed form of a scenario file: who visits the shop, who works there, and who breaks in. */
import type { Exercise } from './exercise.ts';
import type { ToldScenario } from './told/scenario.ts';

/** A log file of the drill. */
export interface DrillFile {
  path: string;
  /** `daily`: every day but the last goes to `path.1`, `path.2`, ... */
  rotate: 'never' | 'daily';
  /** `records`: one JSON record per line inside `{"Records":[...]}`. */
  layout: 'lines' | 'records';
}

/** An account of a machine. */
export interface ScenarioAccount {
  name: string;
  uid: number;
  home: string;
  /** Where the owner logs in from by key, and the key's fingerprint. */
  address?: string | undefined;
  fingerprint?: string | undefined;
}

/** A search engine that reads the site. */
export interface Crawler {
  agent: string;
  addresses: readonly string[];
  perDay: number;
}

/** A probe that asks for the same page all day. */
export interface Monitor {
  agent: string;
  address: string;
  targets: readonly string[];
  everySeconds: number;
}

/** A job that a machine runs at fixed times. */
export interface CronJob {
  account: string;
  command: string;
  /** Minutes after midnight of the first run. */
  at: number;
  everyMinutes: number;
}

/** An administrator who logs in to work. */
export interface AdminVisit {
  account: string;
  /** Days since the start. */
  day: number;
  /** Minutes after midnight. */
  at: number;
  /** Command lines; those that begin with `sudo` run as root. */
  commands: readonly string[];
  pauseSeconds: number;
  /** Logs in from here instead of the account's usual address. */
  address?: string | undefined;
  /** Uses a password and mistypes it so often; undefined: uses the key. */
  mistakes?: number | undefined;
  /** The first `sudo` asks for the password, and it is mistyped once. */
  fumblesSudo: boolean;
}

/** Somebody of the cloud account. */
export interface ScenarioIdentity {
  type: 'IAMUser' | 'AssumedRole' | 'AWSService';
  name: string;
  principalId: string;
  accessKeyId: string;
  session?: string | undefined;
  address: string;
  agent: string;
}

/** A routine AWS call. */
export interface CloudRoutine {
  identity: string;
  service: string;
  name: string;
  parameters: Readonly<Record<string, unknown>> | null;
  everyMinutes: number;
  isData: boolean;
}

/** One move of the attacker. `pause` (seconds) follows it; `technique` overrides the chapter's. */
export type Step = { technique?: string | undefined; pause?: number | undefined } & (
  | {
      do: 'request';
      method: string;
      target: string;
      status: number;
      bytes: number;
      times: number;
      agent?: string | undefined;
      referrer?: string | undefined;
      /** Text of a line in the error log. */
      error?: string | undefined;
      /** Message of an error the application logs. */
      failure?: string | undefined;
    }
  | {
      do: 'scan';
      targets: readonly string[];
      status: number;
      times: number;
      agent?: string | undefined;
    }
  | { do: 'webshell'; target: string; account: string; cwd: string; run: readonly string[] }
  | { do: 'guess'; users: readonly { name: string; tries: number }[] }
  | { do: 'login'; account: string }
  | { do: 'logout' }
  | { do: 'sudo'; run: string; become: boolean }
  | { do: 'shell'; run: readonly string[]; cwd?: string | undefined }
  | {
      do: 'write';
      path: string;
      by: string;
      key: string;
      mode: string;
      isNew: boolean;
      account?: string | undefined;
    }
  | { do: 'say'; file: string; program: string; text: string; pid: boolean }
  | { do: 'audit-account'; type: string; text: string; program: string }
  | { do: 'audit-off' }
  | {
      do: 'cloud';
      identity: string;
      service: string;
      name: string;
      parameters: Readonly<Record<string, unknown>> | null;
      response: Readonly<Record<string, unknown>> | null;
      readOnly: boolean;
      isData: boolean;
      times: number;
      error?: { code: string; message: string } | undefined;
    }
);

/** One stage of the attack. */
export interface Chapter {
  id: string;
  title: string;
  technique: string;
  day: number;
  /** Minutes after midnight. */
  at: number;
  /** The attacker's address in this chapter. */
  from: string;
  agent: string;
  entities: Readonly<Record<string, readonly string[]>>;
  steps: readonly Step[];
}

/** The parts of the story in which a reader finds the answers. */
export type AnswerPart = 'when' | 'who' | 'in' | 'as' | 'stays' | 'took' | 'hid';

/** What a reader of the logs should be able to say afterwards. */
export interface Answer {
  part: AnswerPart;
  /** For a person. */
  says: string;
  /** The chapters in which it happened, or parts of them as `chapter/T1098`. */
  of: readonly string[];
  /** Names without which the statement says too little. */
  names: readonly string[];
  /** How much was taken, in bytes, where the logs say it. */
  bytes?: number | undefined;
}

/** What all scenarios have. */
export interface ScenarioBase {
  name: string;
  title: string;
  summary: string;
  start: string;
  days: number;
  files: Readonly<Record<string, DrillFile>>;
  answers: readonly Answer[];
  /** What those who practise are told, and what they should do; absent where there are logs alone. */
  exercise?: Exercise | undefined;
}

/** A breach that never happened, as its file describes it: a shop with all its machines, or lines told one by one. */
export type Scenario = ShopScenario | ToldScenario;

/** The shop. */
export interface ShopScenario extends ScenarioBase {
  site: string;
  host: { name: string; address: string; sshPort: number; webWorker: number; phpSocket: string };
  application: { name: string; pid: number; upstream: string };
  accounts: readonly ScenarioAccount[];
  /** Relative traffic of each hour of the day, 24 numbers. */
  rhythm: readonly number[];
  /** Address pools as `192.0.2.10-60` or `2001:db8:40::1-c8`. */
  pools: { visitors: readonly string[]; noise: readonly string[] };
  agents: { browsers: readonly string[]; application: readonly string[] };
  shop: {
    categories: readonly string[];
    products: readonly string[];
    searches: readonly string[];
    information: readonly string[];
    assets: readonly string[];
    retired: readonly string[];
  };
  traffic: {
    visitsPerDay: number;
    appSessionsPerDay: number;
    webhooksPerDay: number;
    sshNoisePerDay: number;
    webNoisePerDay: number;
  };
  /** The form for damaged goods: customers upload a picture. */
  returns: { perDay: number; form: string; upload: string; folder: string; account: string };
  office: { address: string; visitsPerDay: number };
  crawlers: readonly Crawler[];
  monitors: readonly Monitor[];
  webhooks: { addresses: readonly string[]; agent: string; target: string };
  cron: readonly CronJob[];
  visits: readonly AdminVisit[];
  backup: {
    account: string;
    at: number;
    commands: readonly string[];
    identity: string;
    objects: number;
  };
  deploys: { account: string; at: readonly number[]; commands: readonly string[] };
  noise: { accounts: readonly string[]; targets: readonly string[]; agents: readonly string[] };
  cloud: {
    account: string;
    region: string;
    identities: Readonly<Record<string, ScenarioIdentity>>;
    routines: readonly CloudRoutine[];
  };
  chapters: readonly Chapter[];
}
