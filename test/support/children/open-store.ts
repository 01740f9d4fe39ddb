/** Opens a store when let go, says whether that worked, and closes it. */
import { Fault } from '../../../src/errors.ts';
import { openStore, type StoreOptions } from '../../../src/store/open.ts';
import { input, letGo, say } from './child.ts';

await letGo();
try {
  const store = await openStore(input<StoreOptions>());
  await store.ping();
  say('open');
  await store.close();
} catch (error) {
  say(error instanceof Fault ? `${error.code} ${JSON.stringify(error.details)}` : String(error));
}
process.exit(0);
