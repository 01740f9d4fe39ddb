/**
 * What the code of a project reads of each event: the members of the generated types that it touches. Where a value of an event leaves
 * these types, for code that has no types or others, all of it counts as read, and the place in the code is named.
 */
import type { ts } from '@ts-morph/common';
import { append } from '../../schema/pointer.ts';
import type { Project } from './compiler.ts';
import { type EventPlace, type EventTypes, eventTypes } from './event-types.ts';
import { type ValuePlaces, valuePlaces } from './value-places.ts';

/** One place in the code that reads one place in an event. */
export interface Reading extends EventPlace {
  readonly file: string;
  readonly line: number;
  /** field: a member that holds no others. there: whether there is something. whole: all of it, since it leaves the types. */
  readonly how: 'field' | 'there' | 'whole';
  /** Of `whole`: what happens to it there. */
  readonly because?: string;
}

export interface Readings {
  /** All events whose types are in the program. */
  readonly events: readonly string[];
  readonly readings: readonly Reading[];
}

export function readingsOf(project: Project): Readings {
  const types = eventTypes(project);
  const files = project.program
    .getSourceFiles()
    .filter(
      (file) =>
        !file.isDeclarationFile && !types.isGenerated(file) && !project.program.isSourceFileFromExternalLibrary(file),
    );
  const readings: Reading[] = [];
  const places = valuePlaces(project, types);
  for (const file of files) {
    const note: Note = (node, found, how, because) => {
      const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
      for (const place of found)
        readings.push({ ...place, file: project.nameOf(file), line, how, ...(because !== undefined && { because }) });
    };
    const about: About = { ...project, types, places, note };
    const visit = (node: ts.Node): void => {
      if (project.compiler.isTypeNode(node)) return;
      readNode(node, about);
      project.compiler.forEachChild(node, visit);
    };
    visit(file);
  }
  return { events: types.events, readings };
}

type Note = (node: ts.Node, places: readonly EventPlace[], how: Reading['how'], because?: string) => void;

interface About extends Project {
  readonly types: EventTypes;
  readonly places: ValuePlaces;
  readonly note: Note;
}

function readNode(node: ts.Node, about: About): void {
  const { compiler } = about;
  if (compiler.isPropertyAccessExpression(node)) readMember(node, node.expression, node.name.text, about);
  if (compiler.isElementAccessExpression(node)) readElement(node, about);
  if (compiler.isObjectBindingPattern(node)) readPattern(node, about);
  if (compiler.isBinaryExpression(node)) readIn(node, about);
  if (compiler.isExpression(node)) {
    followValue(node, about);
    followFunction(node, about);
  }
}

/** `order.amount` and `order['amount']`. */
function readMember(node: ts.Expression, object: ts.Expression, name: string, about: About): void {
  const { checker, places, note } = about;
  const type = checker.getNonNullableType(checker.getTypeAtLocation(object));
  const found = below(memberPlaces(type, name, about), chainPlaces(object, about));
  if (found.length > 0)
    note(node, found, places.inType(checker.getTypeAtLocation(node)).length > 0 ? 'there' : 'field');
}

function memberPlaces(object: ts.Type, name: string, about: About): readonly EventPlace[] {
  const symbol = about.checker.getPropertyOfType(object, name);
  if (symbol === undefined) return namedPlaces(object, name, about);
  return (symbol.declarations ?? []).flatMap((declaration) => about.types.members.get(declaration) ?? []);
}

/** Where a chain of members leads: a type that lies at several places is at one of them there. Undefined: its type alone says. */
function chainPlaces(node: ts.Expression, about: About): readonly EventPlace[] | undefined {
  const { compiler, checker } = about;
  if (compiler.isParenthesizedExpression(node) || compiler.isNonNullExpression(node))
    return chainPlaces(node.expression, about);
  const isNamed = compiler.isPropertyAccessExpression(node);
  if (!isNamed && !compiler.isElementAccessExpression(node)) return undefined;
  const type = checker.getNonNullableType(checker.getTypeAtLocation(node.expression));
  const before = chainPlaces(node.expression, about);
  if (!isNamed)
    return checker.isArrayLikeType(type)
      ? before?.map(({ event, pointer }) => ({ event, pointer: append(pointer, '*') }))
      : undefined;
  const found = memberPlaces(type, node.name.text, about);
  return found.length > 0 ? below(found, before) : undefined;
}

/** Of `places` those at or below one of `around`; all of them where none is, or nothing is known. */
function below(places: readonly EventPlace[], around: readonly EventPlace[] | undefined): readonly EventPlace[] {
  const found = places.filter(({ event, pointer }) =>
    around?.some((one) => one.event === event && (pointer === one.pointer || pointer.startsWith(`${one.pointer}/`))),
  );
  return found.length > 0 ? found : places;
}

function noteMember(node: ts.Node, object: ts.Type, name: string, value: ts.Type, about: About): void {
  const { places, note } = about;
  const found = memberPlaces(object, name, about);
  if (found.length > 0) note(node, found, places.inType(value).length > 0 ? 'there' : 'field');
}

/** A name that stands for any: of what an index signature describes. */
function namedPlaces(object: ts.Type, name: string, { types }: About): readonly EventPlace[] {
  const parts = object.isUnionOrIntersection() ? object.types : [object];
  return parts
    .flatMap((one) => one.symbol?.declarations ?? [])
    .flatMap((declaration) => types.objects.get(declaration) ?? [])
    .map(({ event, pointer }) => ({ event, pointer: append(pointer, name) }));
}

function readElement(node: ts.ElementAccessExpression, about: About): void {
  const { checker, places, note } = about;
  const object = checker.getNonNullableType(checker.getTypeAtLocation(node.expression));
  if (checker.isArrayLikeType(object) || places.inType(object).length === 0) return;
  const names = literals(checker.getTypeAtLocation(node.argumentExpression));
  if (names) for (const name of names) readMember(node, node.expression, name, about);
  else if (isMap(object, about)) noteMember(node, object, '*', checker.getTypeAtLocation(node), about);
  else note(node, places.inType(object), 'whole', 'the name of the field is computed');
}

function isMap(type: ts.Type, { checker }: About): boolean {
  return checker.getPropertiesOfType(type).length === 0;
}

/** The names that a type allows; undefined: any. */
function literals(type: ts.Type): readonly string[] | undefined {
  const parts = type.isUnion() ? type.types : [type];
  const names = parts.map((one) => (one.isStringLiteral() || one.isNumberLiteral() ? String(one.value) : undefined));
  return names.every((name) => name !== undefined) ? names : undefined;
}

/** `const { amount, ...rest } = order`. */
function readPattern(pattern: ts.ObjectBindingPattern, about: About): void {
  const { compiler, checker, places, note } = about;
  const object = checker.getNonNullableType(checker.getTypeAtLocation(pattern));
  if (places.inType(object).length === 0) return;
  for (const element of pattern.elements) {
    if (element.dotDotDotToken) {
      note(element, places.inType(object), 'whole', 'the rest of its fields is taken');
      continue;
    }
    const name = element.propertyName ?? element.name;
    const value = checker.getTypeAtLocation(element.name);
    if (compiler.isIdentifier(name) || compiler.isStringLiteral(name))
      noteMember(element, object, name.text, value, about);
    else note(element, places.inType(object), 'whole', 'the name of the field is computed');
  }
}

/** Where a value of an event goes. What is not known here leaves the types. */
function followValue(node: ts.Expression, about: About): void {
  const { checker, places, note } = about;
  if (isName(node, about)) return;
  const type = checker.getTypeAtLocation(node);
  const found = places.inType(type);
  if (found.length === 0 || isFunction(type)) return;
  const use = useOf(node, type, about);
  const around = chainPlaces(node, about);
  if (use === 'there') note(node, below(found, around), 'there');
  else if (use !== 'follows') note(node, below(use.lost, around), 'whole', use.because);
}

function isFunction(type: ts.Type): boolean {
  return type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0;
}

/** Names in declarations and of members are no values. */
function isName(node: ts.Expression, { compiler }: About): boolean {
  const { parent } = node;
  if (!compiler.isIdentifier(node)) return false;
  if (compiler.isShorthandPropertyAssignment(parent)) return false;
  if (compiler.isBindingElement(parent)) return parent.initializer !== node;
  if (compiler.isPropertyAccessExpression(parent)) return parent.name === node;
  if (compiler.isExportSpecifier(parent) || compiler.isImportSpecifier(parent) || compiler.isImportClause(parent))
    return true;
  return 'name' in parent && parent.name === node;
}

type Use = 'follows' | 'there' | { readonly lost: readonly EventPlace[]; readonly because: string };

const follows = 'follows';

function useOf(node: ts.Expression, type: ts.Type, about: About): Use {
  const { compiler, checker, places } = about;
  const { parent } = node;
  const leaves = (because: string): Use => ({ lost: places.inType(type), because });
  const into = (target: ts.Type | undefined, because: string): Use => {
    if (target === undefined) return follows;
    const lost = places.lost(type, target);
    return lost.length === 0 ? follows : { lost, because: `${because} ${checker.typeToString(target)}` };
  };
  if (compiler.isPropertyAccessExpression(parent) || compiler.isElementAccessExpression(parent))
    return parent.expression === node ? follows : leaves('it is used as a name');
  if (
    compiler.isParenthesizedExpression(parent) ||
    compiler.isNonNullExpression(parent) ||
    compiler.isAwaitExpression(parent) ||
    compiler.isSpreadElement(parent) ||
    compiler.isExportAssignment(parent)
  )
    return compiler.isSpreadElement(parent) && !compiler.isArrayLiteralExpression(parent.parent)
      ? leaves('it is spread into arguments')
      : follows;
  if (
    compiler.isAsExpression(parent) ||
    compiler.isTypeAssertionExpression(parent) ||
    compiler.isSatisfiesExpression(parent)
  )
    return compiler.isSatisfiesExpression(parent) || parent.type.getText() === 'const'
      ? follows
      : into(checker.getTypeAtLocation(parent.type), 'it is taken as');
  if (compiler.isVariableDeclaration(parent))
    return parent.type ? into(checker.getTypeAtLocation(parent.type), 'it is kept as') : follows;
  if (compiler.isConditionalExpression(parent)) return parent.condition === node ? 'there' : follows;
  if (compiler.isBinaryExpression(parent)) return useInBinary(node, parent, into, leaves, about);
  if (compiler.isPrefixUnaryExpression(parent) && parent.operator === compiler.SyntaxKind.ExclamationToken)
    return 'there';
  if (compiler.isTypeOfExpression(parent) || isCondition(node, parent, about)) return 'there';
  if (compiler.isExpressionStatement(parent) || compiler.isVoidExpression(parent)) return follows;
  if (compiler.isForOfStatement(parent)) return 'there';
  if (compiler.isSpreadAssignment(parent)) return leaves('it is spread into another object');
  if (compiler.isTemplateSpan(parent)) return leaves('it is written as text');
  if (compiler.isCallExpression(parent) || compiler.isNewExpression(parent))
    return parent.expression === node ? follows : useAsArgument(node, parent, into, leaves, about);
  if (compiler.isShorthandPropertyAssignment(parent)) return into(shorthandTarget(parent, about), 'it is passed on as');
  if (
    compiler.isReturnStatement(parent) ||
    compiler.isArrowFunction(parent) ||
    compiler.isPropertyAssignment(parent) ||
    compiler.isArrayLiteralExpression(parent) ||
    compiler.isParameter(parent) ||
    compiler.isPropertyDeclaration(parent) ||
    compiler.isBindingElement(parent) ||
    compiler.isYieldExpression(parent) ||
    compiler.isJsxExpression(parent)
  )
    return into(checker.getContextualType(node), 'it is passed on as');
  return leaves('what happens to it there cannot be followed');
}

type Into = (target: ts.Type | undefined, because: string) => Use;
type Leaves = (because: string) => Use;

function useInBinary(
  node: ts.Expression,
  parent: ts.BinaryExpression,
  into: Into,
  leaves: Leaves,
  { compiler, checker }: About,
): Use {
  const { SyntaxKind } = compiler;
  const { kind } = parent.operatorToken;
  const isLeft = parent.left === node;
  if (kind === SyntaxKind.EqualsToken) {
    if (isLeft) return follows;
    if (compiler.isObjectLiteralExpression(parent.left)) return leaves('it is taken apart by an assignment');
    return into(checker.getTypeAtLocation(parent.left), 'it is kept as');
  }
  const picks = [SyntaxKind.QuestionQuestionToken, SyntaxKind.BarBarToken, SyntaxKind.AmpersandAmpersandToken];
  if (picks.some((one) => one === kind)) return isLeft ? 'there' : follows;
  if (kind === SyntaxKind.CommaToken) return follows;
  if (kind === SyntaxKind.InKeyword)
    return !isLeft && literals(checker.getTypeAtLocation(parent.left))
      ? 'there'
      : leaves('the name of the field is computed');
  const comparisons = [
    SyntaxKind.EqualsEqualsEqualsToken,
    SyntaxKind.ExclamationEqualsEqualsToken,
    SyntaxKind.EqualsEqualsToken,
    SyntaxKind.ExclamationEqualsToken,
    SyntaxKind.InstanceOfKeyword,
  ];
  return comparisons.some((one) => one === kind) ? 'there' : leaves('what happens to it there cannot be followed');
}

/** `'amount' in order` reads whether the field is there. */
function readIn(node: ts.BinaryExpression, about: About): void {
  const { compiler, checker, places } = about;
  if (node.operatorToken.kind !== compiler.SyntaxKind.InKeyword) return;
  const object = checker.getNonNullableType(checker.getTypeAtLocation(node.right));
  if (places.inType(object).length === 0) return;
  const parts = object.isUnion() ? object.types : [object];
  for (const name of literals(checker.getTypeAtLocation(node.left)) ?? [])
    for (const part of parts) noteMember(node, part, name, part, about);
}

function isCondition(node: ts.Expression, parent: ts.Node, { compiler }: About): boolean {
  if (compiler.isForStatement(parent)) return parent.condition === node;
  return compiler.isIfStatement(parent) || compiler.isWhileStatement(parent) || compiler.isDoStatement(parent);
}

function useAsArgument(
  node: ts.Expression,
  call: ts.CallExpression | ts.NewExpression,
  into: Into,
  leaves: Leaves,
  about: About,
): Use {
  const { checker, program, types } = about;
  const declaration = checker.getResolvedSignature(call)?.declaration;
  const file = declaration?.getSourceFile();
  // what Herald generates looks at events by their schema
  if (file && types.isGenerated(file)) return follows;
  const parameter =
    declaration && 'parameters' in declaration ? parameterOf(declaration.parameters, call, node) : undefined;
  if (
    parameter &&
    file &&
    !program.isSourceFileDefaultLibrary(file) &&
    isGeneric(checker.getTypeAtLocation(parameter), about)
  )
    return leaves(`it is passed to ${call.expression.getText()}, which takes any type`);
  return into(checker.getContextualType(node), `it is passed to ${call.expression.getText()} as`);
}

function parameterOf(
  parameters: readonly (ts.ParameterDeclaration | ts.JSDocParameterTag)[],
  call: ts.CallExpression | ts.NewExpression,
  node: ts.Expression,
): ts.Node | undefined {
  const index = call.arguments?.indexOf(node) ?? -1;
  return parameters[Math.min(index, parameters.length - 1)];
}

function isGeneric(type: ts.Type, about: About, depth = 0): boolean {
  const { compiler, checker } = about;
  if (type.flags & compiler.TypeFlags.TypeParameter) return true;
  if (depth > 3) return false;
  if (type.isUnionOrIntersection()) return type.types.some((one) => isGeneric(one, about, depth + 1));
  const inner =
    checker.isArrayLikeType(type) || 'target' in type ? checker.getTypeArguments(type as ts.TypeReference) : [];
  return inner.some((one) => isGeneric(one, about, depth + 1));
}

/** What an object literal is expected to hold under the name. */
function shorthandTarget(node: ts.ShorthandPropertyAssignment, { checker }: About): ts.Type | undefined {
  const expected = checker.getContextualType(node.parent);
  if (expected === undefined) return undefined;
  const symbol = checker.getPropertyOfType(expected, node.name.text);
  return symbol ? checker.getTypeOfSymbol(symbol) : expected;
}

/** A function that is given for another: where it takes events without their types, all of them leaves the types. */
function followFunction(node: ts.Expression, about: About): void {
  const { checker, places, note } = about;
  if (isName(node, about)) return;
  const [own] = checker.getTypeAtLocation(node).getCallSignatures();
  const expected = own && checker.getContextualType(node);
  const [wanted] = expected ? checker.getNonNullableType(expected).getCallSignatures() : [];
  if (own === undefined || wanted === undefined) return;
  wanted.parameters.forEach((parameter, index) => {
    const given = own.parameters[index] ?? restOf(own, about);
    if (given === undefined) return;
    const taken = checker.getTypeOfSymbol(given);
    const isRest = given === restOf(own, about);
    const [item] = isRest && checker.isArrayLikeType(taken) ? checker.getTypeArguments(taken as ts.TypeReference) : [];
    const lost = places.lost(checker.getTypeOfSymbol(parameter), item ?? taken);
    if (lost.length > 0) note(node, lost, 'whole', `${given.name} is taken as ${checker.typeToString(item ?? taken)}`);
  });
}

function restOf({ declaration, parameters }: ts.Signature, { compiler }: About): ts.Symbol | undefined {
  const last = declaration && 'parameters' in declaration ? declaration.parameters.at(-1) : undefined;
  return last && compiler.isParameter(last) && last.dotDotDotToken ? parameters.at(-1) : undefined;
}
