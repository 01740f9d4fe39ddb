/** The npm package jsoncompat on the same pairs, where it can run: 2020-12 only, backward is its role `deserializer`. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export async function jsoncompat() {
  const { initSync, check_compat } = await import('jsoncompat');
  const wasm = createRequire(import.meta.url).resolve('jsoncompat/jsoncompat_wasm_bg.wasm');
  initSync({ module: readFileSync(wasm) });
  return (judged) => {
    const times = [];
    let agrees = 0;
    let misses = 0;
    let alarms = 0;
    let errors = 0;
    for (const { previous, next, answers } of judged) {
      const verdict = answers['closed backward'].verdict;
      const began = process.hrtime.bigint();
      try {
        const ok = check_compat(JSON.stringify(previous.root), JSON.stringify(next.root), 'deserializer');
        times.push(Number(process.hrtime.bigint() - began) / 1e6);
        if (verdict === 'undecided') continue;
        if (ok === (verdict === 'compatible')) agrees += 1;
        else if (ok) misses += 1;
        else alarms += 1;
      } catch {
        errors += 1;
      }
    }
    times.sort((a, b) => a - b);
    const median = times[Math.floor(times.length / 2)]?.toFixed(2) ?? '-';
    const slowest = times.at(-1)?.toFixed(0) ?? '-';
    return `closed backward: ${agrees} agree, ${misses} missed breaks, ${alarms} false alarms, ${errors} errors; median ${median} ms, max ${slowest} ms`;
  };
}
