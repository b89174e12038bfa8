/**
 * Calls `stop` when the process that started this one is gone, however it ended. There is no
 * portable signal for that, but an orphan gets another parent (init or a subreaper).
 *
 * @param stop Ends this process.
 * @param intervalMs How often to look. @default 500
 */
export function exitWithParent(stop: () => void, intervalMs = 500): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) {
      stop();
    }
  }, intervalMs);
  timer.unref();
}
