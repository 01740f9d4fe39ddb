/** What a run costs: processor time of the whole process (user and system), so that neighbours on the machine count as little as can be. */

/** Milliseconds of processor time that `run` takes, and what it returns. */
export function costOf(run) {
  const before = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000, result };
}

export function quantile(times, part) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted.length === 0 ? Number.NaN : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}

export function shown(ms) {
  return Number.isNaN(ms) ? '-' : ms < 10 ? ms.toFixed(2) : ms.toFixed(0);
}
