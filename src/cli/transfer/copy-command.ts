/** The copy between two registries that speak Confluent's interface, as `import` and `export` run it. */
import type { ExitCode } from '../command.ts';
import type { Io } from '../io.ts';
import { progress } from '../progress.ts';
import { copyConfluent } from './confluent-copy.ts';
import { type ConfluentRegistry, confluentRegistry } from './confluent-registry.ts';

/** Confluent's interface of a Herald. */
export function ownConfluent(url: string, io: Io): ConfluentRegistry {
  return confluentRegistry(`${url}/apis/confluent`, io, io.env.HERALD_TOKEN);
}

/** 0 where everything is there and the same, else 1 with what differs. */
export async function copy(from: ConfluentRegistry, into: ConfluentRegistry, io: Io): Promise<ExitCode> {
  const bar = progress(io, 'Copying');
  try {
    const { created, same, differences } = await copyConfluent(from, into, bar);
    io.out(`Copied ${from.shown} to ${into.shown}: ${created} new, ${same} already there\n`);
    for (const difference of differences) io.err(`${difference}\n`);
    if (differences.length > 0) return 1;
    io.out('Verified: ids, versions, contents, deletions and levels are the same\n');
    return 0;
  } finally {
    bar.done();
  }
}
