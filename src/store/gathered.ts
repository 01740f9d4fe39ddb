/**
 * Questions of one kind that are asked in the same turn of the event loop are answered by one statement: what a statement costs
 * is its way to the database and back more than what it asks for.
 */

interface Waiting<Asked, Result> {
  readonly asked: Asked;
  readonly resolve: (answer: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Questions of one statement: what it reads stays small. */
const maxAsked = 100;

/**
 * `answer` gives one answer for each question, in their order; it may fail, then every one of them does. `maxWaitMs`: how long those that
 * come while a statement is under way wait for it, to be the next one together.
 */
export function gathered<Asked, Result>(
  answer: (asked: readonly Asked[]) => Promise<readonly Result[]>,
  maxWaitMs = 0,
): (asked: Asked) => Promise<Result> {
  let waiting: Waiting<Asked, Result>[] = [];
  let running = 0;
  let timer: NodeJS.Timeout | undefined;
  const send = async (gone: readonly Waiting<Asked, Result>[]) => {
    running += 1;
    try {
      const answers = await answer(gone.map(({ asked }) => asked));
      for (const [index, { resolve }] of gone.entries()) resolve(answers[index]!);
    } catch (error) {
      for (const { reject } of gone) reject(error);
    }
    running -= 1;
    if (timer !== undefined) sendAll();
  };
  const sendAll = () => {
    clearTimeout(timer);
    timer = undefined;
    const gone = waiting;
    waiting = [];
    for (let from = 0; from < gone.length; from += maxAsked) void send(gone.slice(from, from + maxAsked));
  };
  const sendSoon = () => {
    if (running > 0 && maxWaitMs > 0) timer = setTimeout(sendAll, maxWaitMs);
    else setImmediate(sendAll);
  };
  return (asked) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) sendSoon();
      waiting.push({ asked, resolve, reject });
    });
}

/** The same, where one question that the database refuses must not fail the others: then each is asked alone. */
export function gatheredReads<Asked, Result>(
  one: (asked: Asked) => Promise<Result>,
  all: (asked: readonly Asked[]) => Promise<readonly Result[]>,
  maxWaitMs = 0,
): (asked: Asked) => Promise<Result> {
  const ask = gathered<Asked, () => Promise<Result>>(async (asked) => {
    if (asked.length === 1) {
      const answer = one(asked[0]!);
      await answer.catch(() => {}); // told to whoever asked, as it is
      return [() => answer];
    }
    try {
      const answers = await all(asked);
      return answers.map((answer) => async () => answer);
    } catch {
      // whoever is to blame is told by the answer to its own question
      return asked.map((question) => () => one(question));
    }
  }, maxWaitMs);
  return async (asked) => (await ask(asked))();
}
