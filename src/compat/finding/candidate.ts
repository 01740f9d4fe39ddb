/** Ways back or forward for a breaking edit, best first; whether they help is for the engine to say. */
import { isArray, isObject, type Json, member } from '../../schema/json.ts';
import { append, type Pointer, resolve, segments } from '../../schema/pointer.ts';
import type { Pair, Side } from '../decide/decide.ts';
import type { Patch } from '../report.ts';
import type { Change } from './change.ts';
import type { RuleId } from './ids.ts';

export interface Candidate {
  readonly title: string;
  readonly patch: Patch;
}

const takeBack = 'Take the edit back';

type Propose = (change: Change, pair: Pair) => readonly (Candidate | undefined)[];

/** A row proposes patches of the next document for one id, beside taking the edit back. */
const proposals: Partial<Readonly<Record<RuleId, Propose>>> = {
  PROPERTY_ADDED_REQUIRED: (change, pair) => [optional(change, pair)],
  PROPERTY_ADDED_OPTIONAL: (change) => [anyValue(change)],
  PROPERTY_ADDED_TO_EXPLICIT_OPEN: (change) => [anyValue(change)],
  PROPERTY_ADDED_TO_FREE_FORM: (change) => [anyValue(change)],
  PROPERTY_POSSIBLE_RENAME: (change, pair) => [eitherName(change, pair), bothNames(change, pair)],
  ENUM_VALUE_REMOVED: (change, pair) => [allValues(change, pair)],
  CONST_CHANGED: (change, pair) => [eitherValue(change, pair)],
  TYPE_REPLACED: (change, pair) => [eitherType(change, pair), restored(change, pair)],
};

/** A row says how an edit is taken back where that is more than one keyword; all others put back what stood there. */
const takenBack: Partial<Readonly<Record<RuleId, (change: Change, pair: Pair) => Candidate | undefined>>> = {
  PROPERTY_ADDED_REQUIRED: withoutProperty,
  PROPERTY_REMOVED: (change, pair) => propertyAgain(change, pair, nameOf(change)),
  PROPERTY_REMOVED_REQUIRED: (change, pair) => propertyAgain(change, pair, nameOf(change)),
  PROPERTY_REMOVED_FROM_CLOSED: (change, pair) => propertyAgain(change, pair, nameOf(change)),
  PROPERTY_POSSIBLE_RENAME: oldName,
  REQUIRED_ADDED: optional,
  REQUIRED_UNDECLARED_NAME: optional,
  REQUIRED_REMOVED: requiredAgain,
  TYPE_REPLACED: wholeAgain,
  UNION_BRANCH_REMOVED: branchAgain,
  UNION_BRANCH_ADDED: withoutBranch,
};

/** Best first; the last one takes the edit back. */
export function candidates(change: Change, pair: Pair): readonly Candidate[] {
  const own = proposals[change.rule]?.(change, pair) ?? [];
  const back = (takenBack[change.rule] ?? restored)(change, pair) ?? wholeAgain(change, pair);
  const all = [...own, back].filter((each) => each !== undefined);
  const seen = new Set<string>();
  return all
    .toReversed()
    .filter(({ patch }) => {
      const key = JSON.stringify(patch);
      return seen.has(key) ? false : seen.add(key);
    })
    .toReversed();
}

function nameOf({ params }: Change): string {
  return String(params.property);
}

/** The list of required names on `side` that names `name`. */
function requiredList(change: Change, side: Side, name: string): Pointer | undefined {
  const known = change.covers.find((cover) => cover.side === side && cover.name === name);
  return known?.pointer.endsWith('/required') ? known.pointer : undefined;
}

function optional(change: Change, pair: Pair): Candidate | undefined {
  const patch = withoutRequired(change, pair, nameOf(change));
  return patch === undefined ? undefined : { title: `Make ${JSON.stringify(nameOf(change))} optional`, patch };
}

/** draft-04 forbids an empty list, so the last name takes the keyword with it. */
function withoutRequired(change: Change, pair: Pair, name: string): Patch | undefined {
  const at = requiredList(change, 'next', name);
  const list = at === undefined ? undefined : resolve(pair.next.root, at);
  if (at === undefined || !isArray(list) || !list.includes(name)) return undefined;
  return [{ op: 'remove', path: list.length === 1 ? at : append(at, list.indexOf(name)) }];
}

function requiredAgain(change: Change, pair: Pair): Candidate | undefined {
  const patch = withRequired(change, pair, nameOf(change));
  return patch === undefined ? undefined : { title: `Keep ${JSON.stringify(nameOf(change))} required`, patch };
}

function withoutProperty(change: Change, pair: Pair): Candidate | undefined {
  const free = withoutRequired(change, pair, nameOf(change));
  if (free === undefined) return undefined;
  return { title: takeBack, patch: [{ op: 'remove', path: change.next }, ...free] };
}

function withRequired({ within }: Change, { next }: Pair, name: string): Patch | undefined {
  const schema = resolve(next.root, within.next);
  if (!isObject(schema)) return undefined;
  const list = member(schema, 'required');
  if (isArray(list))
    return list.includes(name) ? [] : [{ op: 'add', path: append(within.next, 'required', '-'), value: name }];
  return [{ op: 'add', path: append(within.next, 'required'), value: [name] }];
}

function propertyAgain(change: Change, pair: Pair, name: string): Candidate | undefined {
  const property = withProperty(change, pair, name);
  const wasRequired = requiredList(change, 'previous', name) !== undefined;
  const duty = wasRequired ? withRequired(change, pair, name) : [];
  if (property === undefined || duty === undefined) return undefined;
  return { title: `Keep property ${JSON.stringify(name)}`, patch: [...property, ...duty] };
}

function withProperty({ within, previous }: Change, pair: Pair, name: string): Patch | undefined {
  const schema = resolve(pair.next.root, within.next);
  const value = resolve(pair.previous.root, previous);
  if (!isObject(schema) || value === undefined) return undefined;
  if (isObject(member(schema, 'properties')))
    return [{ op: 'add', path: append(within.next, 'properties', name), value }];
  return [{ op: 'add', path: append(within.next, 'properties'), value: { [name]: value } }];
}

function anyValue({ next, params }: Change): Candidate {
  const title = `Accept any value under ${JSON.stringify(params.property)}`;
  return { title, patch: [{ op: 'replace', path: next, value: {} }] };
}

/** Both names are declared and one of them is enough: what readers need. */
function eitherName(change: Change, pair: Pair): Candidate | undefined {
  const [from, to] = [String(change.params.previous), String(change.params.next)];
  const property = withProperty(change, pair, from);
  const free = withoutRequired(change, pair, to);
  const schema = resolve(pair.next.root, change.within.next);
  if (property === undefined || free === undefined || !isObject(schema) || Object.hasOwn(schema, 'anyOf'))
    return undefined;
  const value = [{ required: [from] }, { required: [to] }];
  const patch: Patch = [...property, { op: 'add', path: append(change.within.next, 'anyOf'), value }, ...free];
  return { title: `Accept either ${JSON.stringify(from)} or ${JSON.stringify(to)}`, patch };
}

/** The old name stays as it was and the new one comes beside it: what writers owe to old readers. */
function bothNames(change: Change, pair: Pair): Candidate | undefined {
  const [from, to] = [String(change.params.previous), String(change.params.next)];
  const property = withProperty(change, pair, from);
  if (property === undefined) return undefined;
  const patch = [...property, ...replaceName(change, pair, from, to)];
  return { title: `Keep ${JSON.stringify(from)} beside ${JSON.stringify(to)}`, patch };
}

function oldName(change: Change, pair: Pair): Candidate | undefined {
  const [from, to] = [String(change.params.previous), String(change.params.next)];
  const property = withProperty(change, pair, from);
  if (property === undefined) return undefined;
  return {
    title: takeBack,
    patch: [{ op: 'remove', path: change.next }, ...property, ...replaceName(change, pair, from, to)],
  };
}

/** In the list of required names; both were required or neither. */
function replaceName(change: Change, pair: Pair, from: string, to: string): Patch {
  const at = requiredList(change, 'next', to);
  const list = at === undefined ? undefined : resolve(pair.next.root, at);
  if (at === undefined || !isArray(list)) return [];
  return [{ op: 'replace', path: append(at, list.indexOf(to)), value: from }];
}

function listAt(pair: Pair, side: Side, pointer: Pointer): readonly Json[] | undefined {
  const value = resolve(pair[side].root, pointer);
  if (pointer.endsWith('/const')) return value === undefined ? undefined : [value];
  return pointer.endsWith('/enum') && isArray(value) ? value : undefined;
}

function allValues({ previous, next }: Change, pair: Pair): Candidate | undefined {
  const [from, to] = [listAt(pair, 'previous', previous), listAt(pair, 'next', next)];
  if (from === undefined || to === undefined) return undefined;
  const texts = new Set(to.map((value) => JSON.stringify(value)));
  const value = [...to, ...from.filter((each) => !texts.has(JSON.stringify(each)))];
  return { title: 'Keep the values that were allowed', patch: asEnum(next, value) };
}

function eitherValue({ previous, next }: Change, pair: Pair): Candidate | undefined {
  const [from, to] = [listAt(pair, 'previous', previous), listAt(pair, 'next', next)];
  if (from === undefined || to === undefined) return undefined;
  return { title: 'Accept both values', patch: asEnum(next, [...from, ...to]) };
}

function asEnum(pointer: Pointer, value: readonly Json[]): Patch {
  if (pointer.endsWith('/enum')) return [{ op: 'replace', path: pointer, value }];
  const path = append(parentOf(pointer), 'enum');
  return [
    { op: 'remove', path: pointer },
    { op: 'add', path, value },
  ];
}

function eitherType({ previous, next }: Change, pair: Pair): Candidate | undefined {
  const types = (side: Side, pointer: Pointer): readonly Json[] => {
    const stated = resolve(pair[side].root, pointer);
    return isArray(stated) ? stated : stated === undefined ? [] : [stated];
  };
  if (!previous.endsWith('/type') || !next.endsWith('/type')) return undefined;
  const value = [...new Set([...types('previous', previous), ...types('next', next)])];
  return { title: 'Accept both types', patch: [{ op: 'replace', path: next, value }] };
}

function branchAgain({ previous, next }: Change, pair: Pair): Candidate | undefined {
  const value = resolve(pair.previous.root, previous);
  if (value === undefined || !isArray(resolve(pair.next.root, next))) return undefined;
  return { title: 'Keep the alternative', patch: [{ op: 'add', path: append(next, '-'), value }] };
}

function withoutBranch({ next }: Change): Candidate {
  return { title: takeBack, patch: [{ op: 'remove', path: next }] };
}

/** Beside another type other keywords matter: the schema as a whole stands again as it stood. */
function wholeAgain(change: Change, pair: Pair): Candidate | undefined {
  const value = resolve(pair.previous.root, change.within.previous);
  // at the root that would undo every other edit too
  if (change.within.next === '') return restored(change, pair);
  if (value === undefined) return undefined;
  return { title: takeBack, patch: [{ op: 'replace', path: change.within.next, value }] };
}

/** The edit taken back: what stood there before stands there again. */
function restored(change: Change, pair: Pair): Candidate | undefined {
  const exact = (side: Side) => change.covers.some((cover) => cover.side === side && cover.pointer === change[side]);
  const [was, is] = [exact('previous'), exact('next')];
  const title = takeBack;
  if (is && !was) return { title, patch: [{ op: 'remove', path: change.next }] };
  const value = resolve(pair.previous.root, change.previous);
  if (!was || value === undefined) return undefined;
  const keyword = segments(change.previous).at(-1);
  if (is && segments(change.next).at(-1) === keyword)
    return { title, patch: [{ op: 'replace', path: change.next, value }] };
  const back = putBack(change, pair, value);
  if (back === undefined) return undefined;
  return { title, patch: is ? [{ op: 'remove', path: change.next }, ...back] : back };
}

/** `value` at the same place below the next schema as it had below the previous one. */
function putBack({ within, previous }: Change, pair: Pair, value: Json): Patch | undefined {
  if (!previous.startsWith(`${within.previous}/`)) return undefined;
  const path = segments(previous.slice(within.previous.length));
  const [keyword, name] = path;
  if (path.length > 2 || keyword === undefined || !isObject(resolve(pair.next.root, within.next))) return undefined;
  if (name === undefined) return [{ op: 'add', path: append(within.next, keyword), value }];
  if (resolve(pair.next.root, append(within.next, keyword)) !== undefined)
    return [{ op: 'add', path: append(within.next, keyword, name), value }];
  return [{ op: 'add', path: append(within.next, keyword), value: { [name]: value } }];
}

function parentOf(pointer: Pointer): Pointer {
  return pointer.slice(0, pointer.lastIndexOf('/'));
}
