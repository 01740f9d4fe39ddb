/**
 * A mapping's expression: JSONata, read and run within limits. What it answers depends on its input alone: nothing that reads the
 * clock, makes chance or evaluates text is let in. JSONata is Turing complete, so steps are counted, and the texts and sequences
 * they make are bounded; below that there are limits of time and memory on the process it runs in (threads/work.ts), for what one
 * step alone can take.
 */
import jsonata from 'jsonata';
import { asJson, type Json } from '../schema/json.ts';

declare module 'jsonata' {
  interface Expression {
    /** Hooks of the interpreter's own are symbols, which its types leave out. */
    assign(name: symbol, value: unknown): void;
  }
}

export interface MappingLimits {
  /** Characters of the expression's text. */
  readonly text: number;
  /** Parts of the expression evaluated for one event. */
  readonly steps: number;
  /** Calls inside calls. */
  readonly depth: number;
  /** Items of any sequence it makes. */
  readonly sequence: number;
  /** JSON values in its result. */
  readonly values: number;
  /** Characters of any string it makes, and of all strings in what it answers. */
  readonly characters: number;
}

export const mappingLimits: MappingLimits = {
  text: 20_000,
  steps: 100_000,
  depth: 200,
  sequence: 10_000,
  values: 50_000,
  characters: 1_000_000,
};

/** What an expression made of an event, or why it made nothing. `code`: without any value of the event, for where those must not go. */
export type Mapped =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly code: string; readonly message: string };

export type Mapping = (event: Json) => Promise<Mapped>;

export type Reading =
  | { readonly ok: true; readonly map: Mapping }
  | { readonly ok: false; readonly message: string; readonly position?: number };

/** A row is a function that is not let in, and why. */
const forbidden: Readonly<Record<string, string>> = {
  eval: 'evaluates text',
  now: 'reads the clock',
  millis: 'reads the clock',
  random: 'makes chance',
  shuffle: 'makes chance',
};

export function readMapping(text: string, limits: MappingLimits = mappingLimits): Reading {
  if (text.length > limits.text)
    return { ok: false, message: `is ${text.length} characters long; ${limits.text} are the limit` };
  let expression: jsonata.Expression;
  try {
    expression = jsonata(text, { stack: limits.depth, sequence: limits.sequence });
  } catch (error) {
    const { message, position } = problemOf(error);
    return { ok: false, message: `is no JSONata: ${message}`, ...(position !== undefined && { position }) };
  }
  const named = variables(expression.ast()).find(({ name }) => Object.hasOwn(forbidden, name));
  if (named)
    return { ok: false, message: `uses $${named.name}, which ${forbidden[named.name]}`, position: named.position };
  expression.registerFunction('pad', boundedPad(limits.characters), '<s-ns?:s>');
  return { ok: true, map: (event) => run(expression, event, limits) };
}

/** Texts of the largest size that may be made on the way to one answer. */
const maxTexts = 20;

class StepsSpent extends Error {}
class TextTooLong extends Error {}

/** JSONata's own makes a text of any width in one step. */
function boundedPad(maxCharacters: number) {
  return (text: string | undefined, width: number, filler = ' ') => {
    if (text === undefined) return undefined;
    if (Math.abs(width) > maxCharacters) throw new TextTooLong();
    const missing = Math.abs(width) - [...text].length;
    if (missing <= 0) return text;
    const characters = filler === '' ? [' '] : [...filler];
    const rest = characters.slice(0, missing % characters.length).join('');
    const padding = characters.join('').repeat(Math.floor(missing / characters.length)) + rest;
    return width < 0 ? padding + text : text + padding;
  };
}

async function run(expression: jsonata.Expression, event: Json, limits: MappingLimits): Promise<Mapped> {
  let steps = 0;
  const counted = () => {
    steps += 1;
    if (steps > limits.steps) throw new StepsSpent();
  };
  // a symbol of the interpreter's own: called before each part of the expression
  expression.assign(Symbol.for('jsonata.__evaluate_entry'), counted);
  // and after it: texts that double with each step stay short
  let characters = 0;
  const bounded = (_part: unknown, _input: unknown, _environment: unknown, result: unknown) => {
    if (typeof result !== 'string') return;
    characters += result.length;
    if (result.length > limits.characters || characters > maxTexts * limits.characters) throw new TextTooLong();
  };
  expression.assign(Symbol.for('jsonata.__evaluate_exit'), bounded);
  try {
    return plain(await expression.evaluate(structuredClone(event)), limits);
  } catch (error) {
    if (error instanceof StepsSpent)
      return failed('steps', `takes more than ${limits.steps} steps, the limit for one event`);
    if (error instanceof TextTooLong)
      return failed('size', `makes a text of more than ${limits.characters} characters, the limit for one event`);
    const { code, message } = problemOf(error);
    return failed(code, message);
  }
}

function failed(code: string, message: string): Mapped {
  return { ok: false, code, message };
}

/** What the interpreter answers carries marks of its own on arrays, and may hold functions: JSON does not. */
function plain(answer: unknown, limits: MappingLimits): Mapped {
  if (answer === undefined) return failed('nothing', 'answers nothing');
  const excess = excessOf(answer, limits);
  if (excess === 'function') return failed('function', 'answers a function');
  if (excess !== undefined)
    return failed(excess, `answers more than ${limits[excess]} ${excess}, the limit for one event`);
  return { ok: true, value: asJson(answer) };
}

/** Functions of the interpreter are objects that hold themselves: what is walked here is bounded by what may be answered. */
function excessOf(answer: unknown, limits: MappingLimits): 'values' | 'characters' | 'function' | undefined {
  const stack: unknown[] = [answer];
  let values = 0;
  let characters = 0;
  while (stack.length > 0) {
    const value = stack.pop();
    values += 1;
    if (values > limits.values) return 'values';
    if (typeof value === 'string') characters += value.length;
    if (characters > limits.characters) return 'characters';
    if (typeof value === 'function') return 'function';
    if (typeof value !== 'object' || value === null) continue;
    if ('_jsonata_lambda' in value || '_jsonata_function' in value) return 'function';
    // arrays of the interpreter carry marks of its own beside their items
    for (const member of Array.isArray(value) ? value : Object.values(value)) stack.push(member);
  }
  return undefined;
}

/** JSONata throws plain objects with a code; anything else is the interpreter giving up. */
function problemOf(error: unknown): { readonly code: string; readonly message: string; readonly position?: number } {
  if (error instanceof RangeError)
    return error.message.includes('call stack')
      ? { code: 'depth', message: 'nests too deep' }
      : { code: 'size', message: 'makes something too large' };
  const stated: { readonly code?: unknown; readonly message?: unknown; readonly position?: unknown } =
    typeof error === 'object' && error !== null ? error : {};
  return {
    code: typeof stated.code === 'string' ? stated.code : 'failed',
    message: typeof stated.message === 'string' ? stated.message : 'cannot be evaluated',
    ...(typeof stated.position === 'number' && { position: stated.position }),
  };
}

interface Named {
  readonly name: string;
  readonly position: number;
}

/** Every variable an expression names: functions are called, passed and bound by them. */
function variables(ast: unknown): readonly Named[] {
  const found: Named[] = [];
  const stack: unknown[] = [ast];
  const seen = new Set<unknown>();
  while (stack.length > 0) {
    const node = stack.pop();
    if (typeof node !== 'object' || node === null || seen.has(node)) continue;
    seen.add(node);
    const { type, value, position } = node as { type?: unknown; value?: unknown; position?: unknown };
    if (type === 'variable' && typeof value === 'string')
      found.push({ name: value, position: typeof position === 'number' ? position : 0 });
    stack.push(...Object.values(node));
  }
  return found;
}
