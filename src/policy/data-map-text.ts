/** A data map for spreadsheets (RFC 4180) and for pages (Markdown). */
import type { DataMap, DataMapRow } from './data-map.ts';

const columns: readonly (readonly [string, (row: DataMapRow) => string])[] = [
  ['subject', ({ subject }) => subject],
  ['part', ({ part }) => part],
  ['field', ({ field }) => field],
  ['pointer', ({ pointer }) => pointer],
  ['level', ({ level }) => level ?? ''],
  ['tags', ({ tags }) => tags.join(' ')],
  ['producer', ({ producer }) => producer ?? ''],
  ['receivers', ({ receivers }) => receivers.join(' ')],
  ['retention', ({ retention }) => retention ?? ''],
  ['stage', ({ stage }) => stage ?? ''],
];

export function dataMapCsv({ rows }: DataMap): string {
  const lines = [columns.map(([name]) => name), ...rows.map((row) => columns.map(([, read]) => read(row)))];
  return lines.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

/**
 * Quoted where it must be. A cell that a spreadsheet would take for a formula gets an apostrophe in front, since names come from
 * schemas and whoever opens the file trusts it.
 */
function csvCell(text: string): string {
  const safe = /^[\s]*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(text) ? `'${text}` : text;
  return /[",;\r\n\t ']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const shown: readonly (readonly [string, (row: DataMapRow) => string])[] = [
  [
    'Event',
    ({ subject, part, stage }) => (part === 'envelope' ? 'every event' : subject + (stage ? ` (${stage})` : '')),
  ],
  ['Field', ({ field }) => field || 'the whole event'],
  ['Level', ({ level }) => level ?? ''],
  ['Tags', ({ tags }) => tags.join(', ')],
  ['Producer', ({ producer }) => producer ?? ''],
  ['Receivers', ({ receivers }) => receivers.join(', ')],
  ['Kept', ({ retention }) => retention ?? ''],
];

export function dataMapMarkdown(map: DataMap): string {
  const { tag, level } = map.filter;
  const narrowed = [
    ...(tag === undefined ? [] : [`tagged ${cell(tag)}`]),
    ...(level === undefined ? [] : [`${cell(level)} and above`]),
  ];
  const title = `## Data map of ${map.catalog}${narrowed.length > 0 ? `: ${narrowed.join(', ')}` : ''}`;
  if (map.rows.length === 0) return `${title}\n\nNo field.\n`;
  const line = (cells: readonly string[]) => `|${cells.map((text) => (text === '' ? ' ' : ` ${text} `)).join('|')}|`;
  const lines = [
    line(shown.map(([name]) => name)),
    `|${'---|'.repeat(shown.length)}`,
    ...map.rows.map((row) => line(shown.map(([, read]) => cell(read(row))))),
  ];
  return `${title}\n\n${lines.join('\n')}\n`;
}

/** What Markdown or HTML would take for its own is written so that it shows. */
function cell(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*[\]|~]/g, '\\$&')
    .replace(/\s+/gu, ' ');
}
