/** Who publishes and consumes what, from the contracts: one row per event, one column per consuming service. */
import type { Catalog } from './catalog.ts';
import type { Contract } from './contract.ts';
import { expanded } from './group-members.ts';
import { parseSubject } from './subject.ts';

/** What a row is made from: the latest version of one subject. */
export interface MatrixEntry {
  readonly subject: string;
  readonly title?: string;
  readonly contract: Contract;
}

export interface MatrixRow {
  readonly subject: string;
  readonly title: string;
  readonly producer?: string;
  /** Consuming services, in the order of the columns. `note`: the condition under which it consumes. */
  readonly consumers: readonly { readonly service: string; readonly note?: string }[];
}

export interface Matrix {
  readonly catalog: string;
  readonly columns: readonly { readonly service: string; readonly title: string }[];
  readonly groups: readonly { readonly domain: string; readonly title: string; readonly rows: readonly MatrixRow[] }[];
  /** Events nobody has declared to consume: not part of the table, listed so that they are not forgotten. */
  readonly unconsumed: readonly string[];
}

/** Columns in the order of the catalog's services, groups in that of its domains, rows in that of the domain's subjects. */
export function matrix(catalog: Catalog, stated: readonly MatrixEntry[]): Matrix {
  const entries = stated.map(({ contract, ...entry }) => ({
    ...entry,
    contract: { ...contract, consumers: [...expanded(catalog, contract.consumers ?? [], contract.producer)] },
  }));
  const consumed = entries.filter((entry) => (entry.contract.consumers ?? []).length > 0);
  const services = new Set(consumed.flatMap((entry) => (entry.contract.consumers ?? []).map((row) => row.service)));
  const known = Object.keys(catalog.services);
  const columns = [...services].toSorted(byPosition(known)).map((service) => ({
    service,
    title: (Object.hasOwn(catalog.services, service) && catalog.services[service]?.title) || service,
  }));
  const order = columns.map((column) => column.service);
  const domains = [...new Set(consumed.map((entry) => domainOf(entry.subject)))].toSorted(
    byPosition(Object.keys(catalog.domains)),
  );
  const groups = domains.map((domain) => {
    const row = Object.hasOwn(catalog.domains, domain) ? catalog.domains[domain] : undefined;
    const rows = consumed
      .filter((entry) => domainOf(entry.subject) === domain)
      .toSorted((left, right) => byPosition(row?.subjects ?? [])(left.subject, right.subject))
      .map((entry) => rowOf(entry, order));
    return { domain, title: row?.title ?? domain, rows };
  });
  const unconsumed = entries.filter((entry) => !consumed.includes(entry)).map((entry) => entry.subject);
  return { catalog: catalog.name, columns, groups, unconsumed: unconsumed.toSorted() };
}

function rowOf({ subject, title, contract }: MatrixEntry, order: readonly string[]): MatrixRow {
  const consumers = (contract.consumers ?? [])
    .toSorted((left, right) => byPosition(order)(left.service, right.service))
    .map((row) => ({ service: row.service, ...('note' in row && row.note !== undefined && { note: row.note }) }));
  return { subject, title: title ?? subject, ...(contract.producer && { producer: contract.producer }), consumers };
}

function domainOf(subject: string): string {
  return parseSubject(subject)?.domain ?? subject;
}

/** Names in `order`; the others after them, by name. */
function byPosition(order: readonly string[]): (left: string, right: string) => number {
  const position = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return (left, right) => position(left) - position(right) || (left < right ? -1 : left > right ? 1 : 0);
}

/** The matrix as a Markdown table: a check mark where a service consumes, starred where it does so under a condition. */
export function matrixMarkdown(table: Matrix): string {
  const notes: string[] = [];
  const star = (note: string) => {
    if (!notes.includes(note)) notes.push(note);
    return '*'.repeat(notes.indexOf(note) + 1);
  };
  const width = table.columns.length;
  const lines = [
    line(['Event', ...table.columns.map((column) => escaped(column.title))]),
    `|${'---|'.repeat(width + 1)}`,
    ...table.groups.flatMap((group) => [
      line([`**${escaped(group.title)}**`, ...Array<string>(width).fill('')]),
      ...group.rows.map((row) =>
        line([
          escaped(row.title),
          ...table.columns.map(({ service }) => {
            const cell = row.consumers.find((consumer) => consumer.service === service);
            if (cell === undefined) return '';
            return cell.note === undefined ? '✅' : `✅${star(cell.note)}`;
          }),
        ]),
      ),
    ]),
  ];
  const foot = notes.map((note) => `${star(note)}${escaped(note)}`);
  const rest = table.unconsumed.length === 0 ? [] : [`No declared consumer: ${table.unconsumed.join(', ')}.`];
  return `${[lines.join('\n'), ...foot, ...rest].join('\n\n')}\n`;
}

function line(cells: readonly string[]): string {
  return `|${cells.map((cell) => (cell === '' ? ' ' : ` ${cell} `)).join('|')}|`;
}

/** As text and nothing else: a title may hold markup, and lines. */
function escaped(text: string): string {
  return text.replace(/[\\`*[\]<>|~&]/g, '\\$&').replace(/[\r\n]+/g, ' ');
}
