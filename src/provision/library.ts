/** Libraries of brokers are loaded when a broker is asked for; whoever provisions installs the one they need. */
import { Fault } from '../errors.ts';

export async function loaded<Library>(packages: string, load: () => Promise<Library>): Promise<Library> {
  try {
    return await load();
  } catch (cause) {
    const message = `This broker needs ${packages}. Install it: npm install ${packages}`;
    throw new Fault('USAGE_INVALID', {}, { message, cause });
  }
}
