/** JSON of callers as text: strict, within a bound of depth, and refused without a word of it. */
import { Fault } from '../errors.ts';
import type { Json } from '../schema/json.ts';
import { syntaxFlaw } from '../schema/json-syntax.ts';

/** Throws Fault BODY_NOT_JSON, or PARAMETER_INVALID where it nests deeper than `maxDepth` levels. */
export function parseJson(text: string, maxDepth: number): Json {
  if (nestsDeeper(text, maxDepth)) throw tooDeep(maxDepth);
  try {
    return JSON.parse(text);
  } catch {
    // no cause: the runtime's message quotes the text
    throw new Fault('BODY_NOT_JSON', syntaxDetails(text));
  }
}

function tooDeep(maxDepth: number): Fault {
  const message = `nests deeper than ${maxDepth} levels`;
  return new Fault(
    'PARAMETER_INVALID',
    { problems: [{ in: 'body', at: '', message }] },
    { message: `The body ${message}.` },
  );
}

/** Where the text stops being JSON, without a word of it: it may be a payload posted by mistake. */
function syntaxDetails(text: string): Record<string, Json> {
  const flaw = syntaxFlaw(text);
  return flaw === undefined ? {} : { position: flaw.offset, problem: flaw.message };
}

/** Whether brackets outside strings nest deeper than that. */
function nestsDeeper(text: string, limit: number): boolean {
  if (!opensMore(text, limit)) return false;
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}

/** Whether more brackets are opened than that, strings included. Most events have few, and then the slower count is skipped. */
function opensMore(text: string, limit: number): boolean {
  let count = 0;
  for (const bracket of ['{', '['])
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1))
      if (++count > limit) return true;
  return false;
}
