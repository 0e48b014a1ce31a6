/** SIGHUP: what a service hears when it is to reload. */

/** SIGHUPs that were heard. */
export interface HangUps {
  /** Was there one since the last call? */
  take(): boolean;
  close(): void;
}

/** Hears from now on. */
export function hearHangUps(): HangUps {
  let isHeard = false;
  const hear = (): void => {
    isHeard = true;
  };
  process.on('SIGHUP', hear);
  return {
    take() {
      const was = isHeard;
      isHeard = false;
      return was;
    },
    close: () => void process.off('SIGHUP', hear),
  };
}
