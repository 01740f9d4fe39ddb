/** Takes a folder's lock when let go; the holder keeps it until it is killed, or gives it back after a while. */
import { Fault } from '../../../src/errors.ts';
import { lockFolder } from '../../../src/store/folder-lock.ts';
import { input, letGo, say } from './child.ts';

const { folder, hold } = input<{ readonly folder: string; readonly hold: number }>();
await letGo();
try {
  const lock = await lockFolder(folder);
  say(`held by ${process.pid}`);
  await new Promise((resolve) => setTimeout(resolve, hold));
  await lock.release();
} catch (error) {
  say(error instanceof Fault ? error.code : String(error));
}
process.exit(0);
