/** Registers versions of a few subjects without end, and says each one only after the store has acknowledged it. */
import { openStore, type StoreOptions } from '../../../src/store/open.ts';
import { addVersion, putCatalog } from '../records.ts';
import { input, say } from './child.ts';

const { options, run } = input<{ readonly options: StoreOptions; readonly run: number }>();
const store = await openStore(options);
await store.write((tx) => putCatalog(tx, 'c'));
say('open');
const subjects = ['a.v1', 'b.v1', 'c.v1'];

async function write(subject: string): Promise<never> {
  for (let count = 0; ; count += 1) {
    const text = `{"title":"${subject} ${run} ${count}"}`;
    const number = await store.write(async (tx) => {
      await tx.appendAudit({ actor: 'child', action: 'version.register', outcome: 'done', subject });
      return addVersion(tx, 'c', subject, text);
    });
    say(JSON.stringify({ subject, number, text }));
  }
}

await Promise.all(subjects.map(write));
