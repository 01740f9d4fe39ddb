/**
 * Puts the report of a check into a comment of the pull request: the one of the run before is updated, so that there is one for
 * each set of paths. A pull request without a finding gets none. What goes wrong here is a warning: the check itself has spoken.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const {
  GITHUB_TOKEN: token,
  GITHUB_API_URL: api = 'https://api.github.com',
  GITHUB_REPOSITORY: repository,
} = process.env;
const { PULL_REQUEST: number, PATHS: paths = '', WORKING_DIRECTORY: folder = '' } = process.env;
const perPage = 100;
const maxPages = 30;
const timeoutMs = 20_000;

const marker = `<!-- herald-check ${createHash('sha256').update(`${folder}\n${paths}`).digest('hex').slice(0, 12)} -->`;

async function ask(method, path, body) {
  const response = await fetch(`${api}${path}`, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'x-github-api-version': '2022-11-28',
      'user-agent': 'herald-check',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}`);
  return response.json();
}

/** Comments of people are left alone, whatever they begin with: only one this token could have written is updated. */
async function earlier() {
  // the token of a workflow belongs to no user, and is refused here
  const self = await ask('GET', '/user').catch(() => undefined);
  const isOurs = ({ user }) => (self === undefined ? user?.type === 'Bot' : user?.login === self.login);
  for (let page = 1; page <= maxPages; page += 1) {
    const found = await ask('GET', `/repos/${repository}/issues/${number}/comments?per_page=${perPage}&page=${page}`);
    const comment = found.find((one) => isOurs(one) && one.body?.startsWith(marker));
    if (comment || found.length < perPage) return comment;
  }
  throw new Error(`the pull request has more than ${perPage * maxPages} comments`);
}

try {
  const report = readFileSync(process.env.HERALD_SUMMARY ?? '', 'utf8');
  const body = `${marker}\n${report}`;
  const known = await earlier();
  if (known) await ask('PATCH', `/repos/${repository}/issues/comments/${known.id}`, { body });
  else if (/^- /m.test(report)) await ask('POST', `/repos/${repository}/issues/${number}/comments`, { body });
} catch (error) {
  const message = String(error instanceof Error ? error.message : error).replace(/[\r\n%]+/g, ' ');
  process.stdout.write(
    `::warning title=herald::The report was not left as a comment: ${message}. Does the job have "pull-requests: write"?\n`,
  );
}
