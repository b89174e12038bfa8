/**
 * Calls `stop` when the process that started this one is gone, however it ended. There is no
 * portable signal for that, but an orphan gets another parent (init or a subreaper).
 *
 * @param stop Ends this process.
 * @param parent The process id of the parent. Whoever knows it passes it: by the time that this
 *   runs, the parent may be gone. @default this process's parent by now
 */
export function exitWithParent(stop: () => void, parent = process.ppid): void {
  const timer = setInterval(() => {
    if (process.ppid !== parent) {
      stop();
    }
  }, 500);
  timer.unref();
  // A plugin whose engine is gone by now finds out when it tells its port.
  process.stdout.on("error", stop);
}
