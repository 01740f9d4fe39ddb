/** `herald provision alerts` and `dashboard`: what watches over the event series. */
import { alertsFile } from '../../provision/alerts.ts';
import { dashboard } from '../../provision/dashboard.ts';
import type { ExitCode, Input } from '../command.ts';
import type { Io } from '../io.ts';
import { sourcesIn } from './source.ts';

export async function showAlerts(input: Input, io: Io): Promise<ExitCode> {
  io.out(alertsFile(await names(input, io)));
  return 0;
}

export async function showDashboard(input: Input, io: Io): Promise<ExitCode> {
  io.out(dashboard(await names(input, io)));
  return 0;
}

async function names(input: Input, io: Io): Promise<readonly string[]> {
  return (await sourcesIn(input, io)).map(({ catalog }) => catalog.name).sort();
}
