/** All plans as one Markdown page: what a meeting looks at. What people wrote stands in it as text, never as markup. */
import { daysBetween } from '../schema/duration.ts';
import type { CalendarPlan } from './calendar.ts';

export interface PagePlan extends CalendarPlan {
  readonly consumers: readonly { readonly service: string; readonly state: string; readonly since?: string }[];
  /** What the next step waits for, in sentences. Undefined once retired. */
  readonly next: { readonly transition: string; readonly blockedBy: readonly string[] } | undefined;
}

export const pageMediaType = 'text/markdown; charset=utf-8';

export function pageText(plans: readonly PagePlan[], today: string): string {
  const title = `# Deprecations\n\nAs of ${today}, the next sunset first.\n`;
  if (plans.length === 0) return `${title}\nNothing is deprecated.\n`;
  return `${title}\n${overview(plans, today)}\n${plans.map((plan) => `\n${section(plan)}`).join('')}`;
}

function overview(plans: readonly PagePlan[], today: string): string {
  const rows = plans.map((plan) => {
    const pending = plan.consumers.filter(({ state }) => state === 'pending').map(({ service }) => service);
    const cells = [
      plan.sunset,
      daysLeft(plan, today),
      plain(`${plan.catalog}/${plan.subject}`),
      plan.stage,
      plain(plan.successor),
      pending.length === 0 ? '–' : plain(pending.join(', ')),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| sunset | days | subject | stage | successor | pending |', '|---|---|---|---|---|---|', ...rows].join('\n');
}

function daysLeft({ stage, sunset }: PagePlan, today: string): string {
  return stage === 'retired' ? '–' : String(daysBetween(today, sunset));
}

function section(plan: PagePlan): string {
  const { next } = plan;
  const consumers = plan.consumers.map(
    ({ service, state, since }) =>
      `- ${plain(service)}: ${state}${since === undefined ? '' : ` since ${since.slice(0, 10)}`}`,
  );
  const lines = [
    `## ${plain(`${plan.catalog}/${plan.subject}`)}`,
    '',
    `${plan.stage[0]?.toUpperCase()}${plan.stage.slice(1)}, announced on ${plan.announcedOn}, sunset on ${plan.sunset}. Successor: ${plain(plan.successor)}.`,
    '',
    `Why: ${plain(plan.reason)}`,
    '',
    `What consumers do: ${plain(plan.migration)}`,
    '',
    ...(consumers.length === 0 ? [] : [...consumers, '']),
    ...(next === undefined ? [] : [nextStep(next), '']),
  ];
  return lines.join('\n');
}

function nextStep({ transition, blockedBy }: NonNullable<PagePlan['next']>): string {
  return blockedBy.length === 0
    ? `Next: ${transition}; nothing is in the way.`
    : [`Next: ${transition}, blocked by`, '', ...blockedBy.map((message) => `- ${plain(message)}`)].join('\n');
}

/** One line in which no character means anything but itself (CommonMark §2.4, and the table's bars). */
function plain(text: string): string {
  return text
    .replace(/\s+/gu, ' ')
    .replace(/\p{Cc}/gu, '')
    .trim()
    .replace(/[\\`*_[\]<>|&~#]/g, '\\$&');
}
