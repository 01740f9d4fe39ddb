/** What stands on a broker, or should: its kind, its name and the settings that the catalog decides, in the same words for every broker. */

export type Value = string | number | boolean | readonly string[];
export type Settings = Readonly<Record<string, Value>>;

export interface Resource {
  readonly kind: string;
  readonly name: string;
  /** The resource it stands in: a durable in its stream. */
  readonly of?: string;
  readonly settings: Settings;
}

export interface Found extends Resource {
  /** The catalog that provisioned it; undefined where somebody else made it. */
  readonly catalog?: string;
  /** The broker does not report how it stands, or whether it does. */
  readonly isUnreported?: true;
}

export interface Wanted extends Resource {
  readonly catalog: string;
  /** Decided when it is made, and not compared afterwards. */
  readonly made?: Settings;
  /** Made where it is missing, and never changed. */
  readonly onlyMade?: true;
  /** What the catalog calls it, where the broker forbids that name. */
  readonly called?: string;
  /** Name of a resource without which it would not be wanted, where it does not stand in it. */
  readonly follows?: string;
}

/** `unreported`: whether it stands as it should is not reported; declaring it changes nothing where it does. */
export const changeClasses = ['create', 'unreported', 'safe', 'risky', 'replace', 'delete'] as const;
export type ChangeClass = (typeof changeClasses)[number];

/** How grave it is that a setting goes from one value to another. */
export type Grade = (from: Value | undefined, to: Value) => 'safe' | 'risky' | 'replace';

/** By kind and setting; what is not listed is safe to change. */
export type Grades = Readonly<Record<string, Readonly<Record<string, Grade>>>>;

export const replace: Grade = () => 'replace';
export const risky: Grade = () => 'risky';

/** What is taken from a list is somebody's. */
export const losing: Grade = (from, to) =>
  Array.isArray(from) && Array.isArray(to) && from.every((one) => to.includes(one)) ? 'safe' : 'risky';

/** Less is risky; 0 means no end, `none` the number by which the broker says so. */
export const shrinking =
  (none = 0): Grade =>
  (from, to) => {
    if (to === none) return 'safe';
    return from === undefined || from === none || Number(to) < Number(from) ? 'risky' : 'safe';
  };

export function keyOf({ kind, of, name }: Pick<Resource, 'kind' | 'of' | 'name'>): string {
  return `${kind} ${of === undefined ? '' : `${of}/`}${name}`;
}
