/** Where a system is told what to run by itself, and who may do what: the places that intruders change to stay. */

/** What is looked at, by the word of `--only`. */
export const EXPOSURE_KINDS = [
  'listener',
  'suid',
  'authorized-key',
  'cron',
  'unit',
  'account',
  'startup',
] as const;

/** One of `EXPOSURE_KINDS`. */
export type ExposureKind = (typeof EXPOSURE_KINDS)[number];

/** Files and folders whose change is told as it stands. `~` is the home folder of every account. */
export const PLACES: Readonly<Record<'cron' | 'unit' | 'startup', readonly string[]>> = {
  cron: [
    '/etc/crontab',
    '/etc/anacrontab',
    ...['/etc/cron.d', '/etc/cron.hourly', '/etc/cron.daily', '/etc/cron.weekly'],
    ...['/etc/cron.monthly', '/etc/cron.yearly', '/var/spool/cron', '/var/spool/at'],
  ],
  unit: [
    ...['/etc/systemd/system', '/etc/systemd/user', '/run/systemd/system'],
    ...['/usr/lib/systemd/system', '/usr/lib/systemd/user', '/lib/systemd/system'],
    ...['/usr/local/lib/systemd/system', '/etc/init.d', '/etc/systemd/system.conf.d'],
    '~/.config/systemd/user',
  ],
  startup: [
    ...[
      '/etc/rc.local',
      '/etc/ld.so.preload',
      '/etc/ld.so.conf.d',
      '/etc/profile',
      '/etc/profile.d',
    ],
    ...['/etc/bash.bashrc', '/etc/environment', '/etc/pam.d', '/etc/sudoers', '/etc/sudoers.d'],
    ...['/etc/ssh/sshd_config', '/etc/ssh/sshd_config.d', '/etc/udev/rules.d', '/etc/modules'],
    ...['/etc/modules-load.d', '/etc/modprobe.d', '/etc/xdg/autostart', '/etc/update-motd.d'],
    ...['~/.bashrc', '~/.bash_profile', '~/.profile', '~/.bash_login', '~/.zshrc', '~/.ssh/rc'],
    ...['~/.pam_environment', '~/.config/autostart'],
  ],
};

/** The home folders of accounts, each once; `/` is none. */
export const homesOf = (accounts: readonly { home: string }[]): string[] =>
  [...new Set(accounts.map(({ home }) => home))].filter((home) => /^\/./.test(home));

/** The places of a kind on a machine with these home folders. */
export const placesOf = (kind: keyof typeof PLACES, homes: readonly string[]): string[] =>
  PLACES[kind].flatMap((place) =>
    place.startsWith('~') ? homes.map((home) => `${home}${place.slice(1)}`) : [place],
  );
