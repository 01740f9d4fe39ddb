/** What a run costs: processor time of the whole process (user and system), so that neighbours on the machine count as little as can be. */

/** Milliseconds of processor time that `run` takes, and what it returns. */
export function costOf(run) {
  const before = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000, result };
}

export function shown(ms) {
  return Number.isNaN(ms) ? '-' : ms < 10 ? ms.toFixed(2) : ms.toFixed(0);
}
