/** Code that reads an event: each member as the type it has, each set of values with a switch that covers it. */
import type { ts } from '@ts-morph/common';
import { append } from '../../schema/pointer.ts';
import type { Compiler } from '../infer/compiler.ts';
import { chosen, eventType, indented, type Snippet, type Snippets, type Use } from './snippet.ts';

/** A value that code has at hand. */
interface AtHand {
  readonly expression: string;
  readonly pointer: string;
  /** Puts the statements around it that get there, such as a loop. */
  around(statements: string): string;
  readonly depth: number;
}

const maxDepth = 8;
/** Collected of one event, before the most telling of them are chosen. */
const maxCollected = 20_000;
/** Of one set of values. */
const maxCompared = 50;

export interface Types {
  readonly compiler: Compiler;
  readonly checker: ts.TypeChecker;
}

export function readingSnippets({ compiler, checker }: Types, event: ts.Type): Snippets {
  const { TypeFlags } = compiler;
  const plainFlags =
    TypeFlags.Undefined |
    TypeFlags.Null |
    TypeFlags.String |
    TypeFlags.Number |
    TypeFlags.Boolean |
    TypeFlags.Unknown |
    TypeFlags.Never;
  const snippets: Snippet[] = [];
  let isCut = false;
  const path: ts.Type[] = [];

  const add = (use: Use, { pointer, around }: AtHand, statements: string, result = 'void') => {
    if (snippets.length >= maxCollected) {
      isCut = true;
      return;
    }
    const code = `(event: ${eventType}): ${result} {\n${indented(around(statements))}\n}`;
    snippets.push({ side: 'reading', use, place: pointer, code });
  };

  const visit = (type: ts.Type, place: AtHand): void => {
    isCut ||= place.depth > maxDepth;
    if (place.depth > maxDepth || path.includes(type)) return;
    path.push(type);
    const here = withoutNothing(type, place);
    const inside = checker.getNonNullableType(type);
    describe(inside, here);
    path.pop();
  };

  /** Code that got past `undefined` and `null`, where the type has them. */
  const withoutNothing = (type: ts.Type, place: AtHand): AtHand => {
    const printed = leafText(type);
    if (printed !== undefined) add('read', place, `const value: ${printed} = ${place.expression};`);
    if (!canBeNothing(type)) return place;
    const around = (statements: string) =>
      place.around(`if (${place.expression} != null) {\n${indented(statements)}\n}`);
    return { ...place, around };
  };

  const describe = (type: ts.Type, place: AtHand): void => {
    if (leafText(type) === undefined) add('present', place, `const value: ${shapeText(type)} = ${place.expression};`);
    const values = literalsOf(type);
    if (values !== undefined) coverValues(values, place);
    else if (checker.isTupleType(type)) eachOfTuple(type as ts.TypeReference, place);
    else if (checker.isArrayType(type)) eachItem(checker.getTypeArguments(type as ts.TypeReference)[0]!, place);
    else if (type.isUnion()) alternatives(type, place);
    else members(type, place);
  };

  const coverValues = (values: readonly string[], place: AtHand) => {
    if (values.length < 2) return;
    const cases = values.map((value) => `case ${value}: break;`);
    const rest = `default: {\n  const none: never = ${place.expression};\n  throw new Error(none);\n}`;
    add('exhaustive', place, `switch (${place.expression}) {\n${indented([...cases, rest].join('\n'))}\n}`);
    isCut ||= values.length > maxCompared;
    for (const value of values.slice(0, maxCompared)) lookFor(value, place);
  };

  const lookFor = (value: string, place: AtHand) =>
    add('compare', place, `if (${place.expression} === ${value}) throw new Error();`);

  const eachOfTuple = (type: ts.TypeReference, place: AtHand) => {
    const items = checker.getTypeArguments(type);
    for (const [index, item] of items.entries())
      visit(item, below(place, `${place.expression}[${index}]`, String(index)));
  };

  const eachItem = (item: ts.Type, place: AtHand) => {
    const name = `item${place.depth}`;
    const around = (statements: string) =>
      place.around(`for (const ${name} of ${place.expression}) {\n${indented(statements)}\n}`);
    visit(item, { ...below(place, name, '*'), around });
  };

  const members = (type: ts.Type, place: AtHand) => {
    for (const property of checker.getPropertiesOfType(type)) {
      if (!isOfEvent(property)) continue;
      visit(checker.getTypeOfSymbol(property), below(place, accessOf(place.expression, property.name), property.name));
    }
    const [index] = checker.getIndexInfosOfType(type);
    if (index === undefined) return;
    const name = `entry${place.depth}`;
    const around = (statements: string) =>
      place.around(`for (const ${name} of Object.values(${place.expression})) {\n${indented(statements)}\n}`);
    visit(index.type, { ...below(place, name, '*'), around });
  };

  /** Each alternative is reached by the member that tells them apart; where there is none, only what they share is read. */
  const alternatives = (type: ts.UnionType, place: AtHand) => {
    const tag = tagOf(type);
    if (tag === undefined) {
      members(type, place);
      return;
    }
    const expression = accessOf(place.expression, tag);
    const tagged = type.types.map((alternative) => ({ alternative, value: tagValue(alternative, tag)! }));
    const cases = tagged.map(({ value }) => `case ${value}: break;`);
    const rest = `default: {\n  const none: never = ${place.expression};\n  throw new Error(none);\n}`;
    add('exhaustive', place, `switch (${expression}) {\n${indented([...cases, rest].join('\n'))}\n}`);
    for (const { alternative, value } of tagged) {
      const at = below(place, expression, tag);
      lookFor(value, at);
      const around = (statements: string) =>
        place.around(`if (${expression} === ${value}) {\n${indented(statements)}\n}`);
      members(alternative, { ...place, around });
    }
  };

  const tagOf = (type: ts.UnionType): string | undefined => {
    const [first] = type.types;
    const names = first === undefined ? [] : checker.getPropertiesOfType(first).map(({ name }) => name);
    return names.find((name) => {
      const values = type.types.map((alternative) => tagValue(alternative, name));
      return values.every((value) => value !== undefined) && new Set(values).size === values.length;
    });
  };

  const tagValue = (type: ts.Type, name: string): string | undefined => {
    const property = checker.getPropertyOfType(type, name);
    const values = property && literalsOf(checker.getTypeOfSymbol(property));
    return values?.length === 1 ? values[0] : undefined;
  };

  const literalsOf = (type: ts.Type): readonly string[] | undefined => {
    const all = type.isUnion() ? type.types : [type];
    const texts = all.map(literalText);
    return texts.every((text) => text !== undefined) ? texts : undefined;
  };

  const literalText = (type: ts.Type): string | undefined => {
    if (type.isStringLiteral()) return JSON.stringify(type.value);
    if (type.isNumberLiteral()) return String(type.value);
    if ((type.flags & compiler.TypeFlags.BooleanLiteral) !== 0) return checker.typeToString(type);
    return undefined;
  };

  /** A type that can be written down without the names of others; undefined: it has members of its own. */
  const leafText = (type: ts.Type): string | undefined => {
    if ((type.flags & plainFlags) !== 0) return checker.typeToString(type);
    if (type.isUnion()) return joined(type.types.map(leafText));
    if (checker.isTupleType(type)) {
      const { target } = type as ts.TypeReference & { readonly target: ts.TupleType };
      const isPlain = target.elementFlags.every((flags) => flags === compiler.ElementFlags.Required);
      const items = checker.getTypeArguments(type as ts.TypeReference).map(leafText);
      return isPlain && items.every((item) => item !== undefined) ? `[${items.join(', ')}]` : undefined;
    }
    return literalText(type);
  };

  /** The widest type that still is a list or an object, where a value always is. */
  const shapeText = (type: ts.Type): string => {
    if (checker.isArrayType(type) || checker.isTupleType(type)) return 'readonly unknown[]';
    if ((type.flags & compiler.TypeFlags.Object) !== 0) return 'object';
    const shapes = new Set(type.isUnion() ? type.types.map(shapeText) : []);
    return shapes.size === 1 ? [...shapes].join() : '{}';
  };

  const canBeNothing = (type: ts.Type): boolean => checker.getNonNullableType(type) !== type;

  visit(event, { expression: 'event', pointer: '', around: (statements) => statements, depth: 0 });
  return chosen(snippets, isCut);
}

function joined(texts: readonly (string | undefined)[]): string | undefined {
  return texts.every((text) => text !== undefined) ? [...new Set(texts)].join(' | ') : undefined;
}

function below(place: AtHand, expression: string, name: string): AtHand {
  return { ...place, expression, pointer: append(place.pointer, name), depth: place.depth + 1 };
}

export function accessOf(expression: string, name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
    ? `${expression}.${name}`
    : `${expression}[${JSON.stringify(name)}]`;
}

/** Not a member of String, Array and so on. */
function isOfEvent({ declarations = [] }: ts.Symbol): boolean {
  return declarations.every((declaration) => !declaration.getSourceFile().isDeclarationFile);
}
