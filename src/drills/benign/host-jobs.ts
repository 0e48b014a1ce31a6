/** What the web host does by itself: cron, timers, the nightly backup. */

import { callCloud } from '../cloud-account.ts';
import type { Subject } from '../lines/auditd.ts';
import { endUnit, logSystem, runCommand, runCronJob, startUnit } from '../linux-host.ts';
import type { CronJob } from '../scenario.ts';
import type { Actor } from '../schedule.ts';
import { around, nextPid, type World } from '../world.ts';

/** Runs a job at its minutes, a second after the full minute as cron does. */
export function* cronJob(world: World, job: CronJob): Actor {
  const account = world.account(job.account);
  for (let at = world.startMs + job.at * 60_000; ; at += job.everyMinutes * 60_000) {
    yield at + 1_000;
    runCronJob(world, account, job.command);
  }
}

const DAILY_UNITS: readonly { unit: string; description: string; at: number; seconds: number }[] = [
  { unit: 'logrotate', description: 'Rotate log files', at: 0, seconds: 1 },
  { unit: 'dpkg-db-backup', description: 'Daily dpkg database backup service', at: 0, seconds: 2 },
  { unit: 'man-db', description: 'Daily man-db regeneration', at: 14, seconds: 9 },
  { unit: 'certbot', description: 'Certbot', at: 201, seconds: 14 },
  { unit: 'apt-daily', description: 'Daily apt download activities', at: 372, seconds: 21 },
  {
    unit: 'apt-daily-upgrade',
    description: 'Daily apt upgrade and clean activities',
    at: 391,
    seconds: 74,
  },
  { unit: 'certbot', description: 'Certbot', at: 921, seconds: 12 },
];

/** The daily timers of Debian. */
export function* timers(world: World): Actor {
  const random = world.random('timers');
  for (let day = 0; ; day++) {
    for (const { unit, description, at, seconds } of DAILY_UNITS) {
      const startMs = world.startMs + day * 86_400_000 + at * 60_000;
      yield startMs + random.int(300, 9_000);
      startUnit(world, unit, description);
      yield world.schedule.nowMs + around(random, seconds);
      endUnit(world, unit, description);
    }
  }
}

/** The nightly backup: dump, archive, copy to the backup host, copy to S3. Big and normal. */
export function* backup(world: World): Actor {
  const random = world.random('backup');
  const { account: name, at, commands, identity, objects } = world.scenario.backup;
  const account = world.account(name);
  for (let day = 0; ; day++) {
    yield world.startMs + day * 86_400_000 + at * 60_000 + 1_000;
    runCronJob(world, account, '/usr/local/sbin/shop-backup');
    const session = world.counters.session - 1;
    const subject: Subject = {
      ...{ login: account, effective: account, session, tty: '(none)', cwd: account.home },
    };
    const parent = nextPid(world);
    for (const command of commands) {
      runCommand(world, { subject, command, parent });
      logSystem(world, 'syslog', `shop-backup[${parent}]`, `running: ${command}`);
      yield world.schedule.nowMs + around(random, 240);
    }
    for (let i = 0; i < objects; i++) {
      const key = `nightly/${new Date(world.schedule.nowMs).toISOString().slice(0, 10)}/part-${String(i).padStart(4, '0')}.tar.zst`;
      const parameters = {
        bucketName: 'shop-example-backup',
        key,
        Host: 'shop-example-backup.s3.amazonaws.com',
      };
      const call = { service: 's3', name: 'PutObject', readOnly: false, isData: true };
      callCloud(world, identity, { ...call, parameters, response: null }, { random });
      yield world.schedule.nowMs + around(random, 2);
    }
    logSystem(world, 'syslog', `shop-backup[${parent}]`, 'backup finished');
  }
}
