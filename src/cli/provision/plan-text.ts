/** Plans and outcomes for people. */
import type { Outcome } from '../../provision/apply.ts';
import { type Change, isEmpty, type Named, type Plan, type Remark, type SettingChange } from '../../provision/plan.ts';
import { changeClasses, type Value } from '../../provision/resource.ts';
import { paint } from '../output/paint.ts';
import { plural } from '../output/plural.ts';

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** In words: milliseconds as time, -1 and 0 as no limit, lists in one line. */
export function valueText(key: string, value: Value | undefined): string {
  if (value === undefined) return 'not set';
  if (typeof value === 'object') return value.length === 0 ? 'none' : value.join(', ');
  if (value === -1) return 'no limit';
  if (/(M|\.m)s$/.test(key) && typeof value === 'number') return timeText(value);
  return String(value);
}

/** The unit stands beside the value. */
function named(key: string): string {
  return key.replace(/(Ms|\.ms)$/, '');
}

function timeText(ms: number): string {
  if (ms === 0) return 'no end';
  const [unit, size] = units.find(([, each]) => ms % each === 0) ?? ['ms', 1];
  return `${ms / size} ${unit}`;
}

function where({ name, of }: Named): string {
  return of === undefined ? name : `${of} / ${name}`;
}

const marks = { create: '+', unreported: '?', safe: '~', risky: '!', replace: '✗', delete: '-' } as const;

export function planText(plan: Plan, color: boolean): string {
  const lines = [
    head(plan),
    ...remarkLines(plan.remarks, color),
    ...plan.changes.flatMap((change) => changeLines(change, color)),
  ];
  const left = plan.left.length > 0 && !plan.changes.some((change) => change.class === 'delete');
  if (left)
    lines.push(
      `${plural(plan.left.length, 'resource')} provisioned before and in the catalog no longer: --prune deletes.`,
    );
  lines.push(...unreportedLines(plan), summary(plan));
  return `${lines.join('\n')}\n`;
}

export function differencesText(plan: Plan, color: boolean): string {
  const rest = [
    ...plan.left.map((one) => `? ${one.kind} ${where(one)}: provisioned before, in the catalog no longer`),
    ...plan.strange.map((one) => `? ${one.kind} ${where(one)}: not of these catalogs`),
  ];
  const changes = plan.changes.flatMap((change) => changeLines(change, color));
  const lines = [head(plan), ...remarkLines(plan.remarks, color), ...changes, ...rest, ...unreportedLines(plan)];
  return `${[...lines, summary(plan)].join('\n')}\n`;
}

function unreportedLines({ unreported }: Pick<Plan, 'unreported'>): readonly string[] {
  return unreported.map((what) => `not reported: ${what}`);
}

function head({ server, target, catalogs, environment }: Plan): string {
  return `${server} at ${target}, ${catalogs.join(', ')}${environment === undefined ? '' : ` (${environment})`}`;
}

function summary(plan: Plan): string {
  if (plan.remarks.some(({ level }) => level === 'problem'))
    return 'Nothing will be applied before the problems are solved.';
  if (isEmpty(plan)) return '✓ nothing to do';
  const count = (name: Change['class']) => plan.changes.filter((change) => change.class === name).length;
  const parts = changeClasses.filter((name) => count(name) > 0).map((name) => `${count(name)} ${words[name]}`);
  return parts.length === 0 ? 'Nothing to do, as far as is reported.' : parts.join(', ');
}

const words = {
  create: 'to create',
  unreported: 'to declare again, since how it stands is not reported',
  safe: 'to change',
  risky: 'risky (--allow risky)',
  replace: 'that only a replacement would change (never done by herald)',
  delete: 'to delete',
} as const;

function remarkLines(remarks: readonly Remark[], color: boolean): readonly string[] {
  const { red, yellow } = paint(color);
  return remarks.map(({ level, about, message, code }) => {
    const word = level === 'problem' ? red('problem') : yellow('warning');
    return `${word} ${about}: ${message} (${code})`;
  });
}

function changeLines(change: Change, color: boolean): readonly string[] {
  const { red, green, yellow, dim } = paint(color);
  const tint = { create: green, unreported: yellow, safe: yellow, risky: red, replace: red, delete: red }[change.class];
  const width = Math.max(0, ...change.settings.map(({ key }) => named(key).length));
  return [
    tint(
      `${marks[change.class]} ${change.kind} ${where(change)}${change.class === 'create' ? '' : `  ${change.class}`}`,
    ),
    ...change.settings.map((setting) => {
      const grade = setting.class === 'risky' || setting.class === 'replace' ? `  ${setting.class}` : '';
      return `    ${dim(named(setting.key).padEnd(width))}  ${settingText(setting)}${grade}`;
    }),
  ];
}

function settingText({ key, from, to, class: grade }: SettingChange): string {
  return grade === 'create' ? valueText(key, to) : `${valueText(key, from)} → ${valueText(key, to)}`;
}

export function planMarkdown(plan: Plan): string {
  const rows = plan.changes.flatMap((change) =>
    change.settings.length === 0
      ? [`| ${change.class} | ${change.kind} \`${where(change)}\` | | | |`]
      : change.settings.map(
          ({ key, from, to, class: grade }) =>
            `| ${grade} | ${change.kind} \`${where(change)}\` | ${named(key)} | ${grade === 'create' ? '' : cell(valueText(key, from))} | ${cell(valueText(key, to))} |`,
        ),
  );
  const remarks = plan.remarks.map(({ level, about, message }) => `- **${level}** ${about}: ${message}`);
  const table =
    rows.length === 0 ? [] : ['| class | what | setting | old | new |', '|---|---|---|---|---|', ...rows, ''];
  const unreported = unreportedLines(plan).map((line) => `- ${line}`);
  const notes = [...remarks, ...unreported];
  return `${[`**${head(plan)}**`, '', ...notes, ...(notes.length > 0 ? [''] : []), ...table, summary(plan)].join('\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

const states = { done: '✓', withheld: '·', failed: '✗', waiting: '·', differs: '✗' } as const;

export function outcomesText(plan: Plan, outcomes: readonly Outcome[]): string {
  const { server } = plan;
  if (outcomes.length === 0) return `${server}: ${summary(plan)}\n`;
  const lines = outcomes.map((outcome) => {
    const { state, reason } = outcome;
    const verb = verbs[outcome.class];
    return `${states[state]} ${verb} ${outcome.kind} ${where(outcome)}: ${state}${reason === undefined ? '' : `. ${reason}`}`;
  });
  const [done, differing] = (['done', 'differs'] as const).map(
    (each) => outcomes.filter(({ state }) => state === each).length,
  ) as [number, number];
  const open = outcomes.length - done - differing;
  const rest = [
    ...(differing > 0 ? [`, ${differing} taken and still different`] : []),
    ...(open > 0 ? [`, ${open} not`] : []),
    ...(open + differing > 0 ? ['; apply again once that is solved: what is done is not done twice'] : []),
  ].join('');
  return `${[server, ...lines, ...unreportedLines(plan), `${plural(done, 'change')} done${rest}.`].join('\n')}\n`;
}

const verbs = {
  create: 'create',
  unreported: 'declare',
  safe: 'change',
  risky: 'change',
  replace: 'change',
  delete: 'delete',
} as const;

export function outcomesMarkdown(plan: Plan, outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(
    (outcome) =>
      `| ${outcome.state} | ${outcome.class} | ${outcome.kind} \`${where(outcome)}\` | ${cell(outcome.reason ?? '')} |`,
  );
  const table = rows.length === 0 ? [summary(plan)] : ['| state | class | what | why |', '|---|---|---|---|', ...rows];
  const unreported = unreportedLines(plan).map((line) => `- ${line}`);
  return `${[`**${plan.server}**`, '', ...table, ...(unreported.length > 0 ? ['', ...unreported] : [])].join('\n')}\n`;
}
