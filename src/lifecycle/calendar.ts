/** Sunsets as a calendar that people subscribe to: iCalendar, RFC 5545. All-day events, with alarms before each. */
import { addDays } from '../schema/duration.ts';
import type { Plan } from './facts.ts';
import { reminderDays } from './reminder.ts';
import type { Stage } from './stage.ts';

export interface CalendarPlan extends Omit<Plan, 'attestedBy'> {
  readonly catalog: string;
  readonly subject: string;
  readonly stage: Stage;
  readonly revision: number;
  readonly revisedAt: string;
}

export const calendarMediaType = 'text/calendar; charset=utf-8';

export function calendarText(plans: readonly CalendarPlan[]): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Herald//Deprecations//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    'X-WR-CALNAME:Sunsets of event subjects',
    'REFRESH-INTERVAL;VALUE=DURATION:P1D',
    ...plans.flatMap(eventLines),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

function eventLines(plan: CalendarPlan): readonly string[] {
  const { catalog, subject, successor, stage, sunset, announcedOn, reason, migration } = plan;
  const stamp = utc(plan.revisedAt);
  const summary = `Sunset of ${subject} (${catalog})`;
  const description = [
    `${catalog}/${subject} gives way to ${successor}. It is ${stage}, announced on ${announcedOn}.`,
    `Why: ${reason}`,
    `What consumers do: ${migration}`,
  ].join('\n');
  return [
    'BEGIN:VEVENT',
    `UID:${escaped(uidOf(plan))}`,
    `DTSTAMP:${stamp}`,
    `LAST-MODIFIED:${stamp}`,
    `SEQUENCE:${plan.revision - 1}`,
    `DTSTART;VALUE=DATE:${day(sunset)}`,
    `DTEND;VALUE=DATE:${day(addDays(sunset, 1))}`,
    `SUMMARY:${escaped(summary)}`,
    `DESCRIPTION:${escaped(description)}`,
    'TRANSP:TRANSPARENT',
    ...(stage === 'retired' ? [] : reminderDays.filter((days) => days > 0).flatMap((days) => alarm(days, summary))),
    'END:VEVENT',
  ];
}

/** The same for as long as the plan lives, another for a plan announced after one was withdrawn: its sequence begins anew. */
function uidOf({ catalog, subject, entered, announcedOn }: CalendarPlan): string {
  return `${catalog}/${subject}/${entered.announced ?? announcedOn}@herald`;
}

function alarm(days: number, summary: string): readonly string[] {
  const when = days === 1 ? 'tomorrow' : `in ${days} days`;
  return [
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    `TRIGGER:-P${days}D`,
    `DESCRIPTION:${escaped(`${summary} ${when}`)}`,
    'END:VALARM',
  ];
}

function day(date: string): string {
  return date.replaceAll('-', '');
}

function utc(instant: string): string {
  return `${instant.slice(0, 19).replace(/[-:]/g, '')}Z`;
}

/** RFC 5545 §3.3.11. Control characters but tab have no place in text. */
function escaped(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\\;,]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replace(/[^\P{Cc}\t]/gu, '');
}

const maxOctets = 75;

/** RFC 5545 §3.1: no line is longer than 75 octets; never in the middle of a character. */
function folded(line: string): string {
  const parts: string[] = [];
  let part = '';
  let octets = 0;
  for (const character of line) {
    const size = octetsOf(character);
    if (octets + size > maxOctets) {
      parts.push(part);
      // the blank that continues a line counts
      [part, octets] = ['', 1];
    }
    part += character;
    octets += size;
  }
  return [...parts, part].join('\r\n ');
}

function octetsOf(character: string): number {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}
