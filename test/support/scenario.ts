/**
 * Scenario files: what a user has, types and sees, readable by anyone. Sections start with `==== `:
 *   file PATH        a file of the folder the commands run in; `<<< PATH` as its only line copies a file of this repository
 *   commit MESSAGE   commits everything so far (the folder becomes a git repository)
 *   git ARGUMENTS    runs git in the folder, which is a repository from then on; it must succeed
 *   link PATH -> TO  a symbolic link
 *   copy PATH        a folder of this repository, at the same path
 *   remove PATH      takes a file or a folder away
 *   env NAME=VALUE   an environment variable from here on; without a value none
 *   run ARGUMENTS    runs herald; what follows is its standard output
 *   stderr           what the last run wrote to standard error
 *   exit N           the last run's exit code
 *   today DATE       what day it is from here on, for herald and for the registry
 * Every scenario has a registry of its own, empty, in memory: any URL reaches it but `http://nowhere`.
 * A line ending in ` …` matches any rest; a line of `…` alone matches any number of lines.
 */
const kindNames = ['file', 'commit', 'git', 'link', 'copy', 'remove', 'env', 'run', 'stderr', 'exit', 'today'] as const;

export interface Section {
  readonly kind: (typeof kindNames)[number];
  readonly argument: string;
  readonly body: string;
  readonly line: number;
}

const kinds: ReadonlySet<string> = new Set(kindNames);

export function parseScenario(text: string): readonly Section[] {
  const sections: { kind: Section['kind']; argument: string; lines: string[]; line: number }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const head = /^==== (\S+) ?(.*)$/.exec(line);
    if (!head) sections.at(-1)?.lines.push(line);
    else if (kinds.has(head[1]!))
      sections.push({ kind: head[1] as Section['kind'], argument: head[2]!, lines: [], line: index + 1 });
    else throw new Error(`line ${index + 1}: there is no section "${head[1]}"`);
  }
  return sections.map(({ lines, ...section }) => ({ ...section, body: lines.join('\n').replace(/\n*$/, '') }));
}

/** Undefined where `actual` matches, else the first line that does not. */
export function mismatch(expected: string, actual: string): string | undefined {
  const wanted = expected === '' ? [] : expected.split('\n');
  const given = actual.replace(/\n+$/, '') === '' ? [] : actual.replace(/\n+$/, '').split('\n');
  const failed = new Set<string>();
  const matches = (want: number, have: number): boolean => {
    const key = `${want} ${have}`;
    if (failed.has(key)) return false;
    const isMatch = matchesAt(want, have);
    if (!isMatch) failed.add(key);
    return isMatch;
  };
  const matchesAt = (want: number, have: number): boolean => {
    const pattern = wanted[want];
    if (pattern === undefined) return have === given.length;
    if (pattern === '…') return matches(want + 1, have) || (have < given.length && matches(want, have + 1));
    const line = given[have];
    if (line === undefined) return false;
    const fits = pattern.endsWith(' …') ? line.startsWith(pattern.slice(0, -2)) : line === pattern;
    return fits && matches(want + 1, have + 1);
  };
  return matches(0, 0) ? undefined : `expected:\n${expected}\n\nactual:\n${given.join('\n')}`;
}

/** Arguments as a shell splits them, single and double quotes included. */
export function splitArguments(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}
