/** Edits that are safe on the wire and yet break code compiled against generated types. */
import type { RuleId } from './ids.ts';
import { blocks, breaksNothing, type DescribeOptions, type Statement } from './statement.ts';

/** A row says which edit surprises a compiler, and how; only edits that widen can be safe for readers that are new. */
const consequences: Partial<Readonly<Record<RuleId, string>>> = {
  ENUM_VALUE_ADDED: 'an exhaustive switch over the values no longer covers all of them.',
  ENUM_REMOVED: 'a variable of the listed values no longer takes every value.',
  UNION_BRANCH_ADDED: 'an exhaustive switch over the alternatives no longer covers all of them.',
  TYPE_WIDENED: 'code that reads the value has to handle further types, null among them where it was added.',
  SCHEMA_NOW_ANY: 'the value is of type unknown now and has to be narrowed before use.',
  UNION_BRANCH_WIDENED: 'the alternative is of type unknown now and has to be narrowed before use.',
  ITEMS_WIDENED: 'items are of type unknown now and have to be narrowed before use.',
  TUPLE_POSITION_WIDENED: 'the item is of type unknown now and has to be narrowed before use.',
  REQUIRED_REMOVED: 'the property may be undefined now.',
};

export function typeLevelBreak(statement: Statement, options: DescribeOptions): Statement | undefined {
  const consequence = consequences[statement.rule];
  if (consequence === undefined || options.enforced.length === 0 || blocks(statement, options)) return undefined;
  const params = { cause: statement.rule, consequence };
  return { ...statement, rule: 'TYPE_LEVEL_BREAK', params, breaks: breaksNothing };
}
