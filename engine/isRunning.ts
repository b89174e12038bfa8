/** Whether a process runs on this machine, as far as this user may know; `false` for what is no process id. */
export function isRunning(pid: number): boolean {
  // 0 and below name groups of processes: https://man7.org/linux/man-pages/man2/kill.2.html
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
