/** The page that explains every label the engine contradicts: the case, the witness or the proof, and the reason. */

/** Reasons are kept by corpus and id in reasons.json; a key ending in `*` holds for all ids that begin so. */
function reasonFor(reasons, corpus, id, direction) {
  const list = reasons[corpus] ?? {};
  const exact = list[`${id} ${direction}`] ?? list[id];
  if (exact !== undefined) return exact;
  const prefix = Object.keys(list).find(
    (key) => key.endsWith('*') && `${id} ${direction}`.startsWith(key.slice(0, -1)),
  );
  return prefix === undefined ? undefined : list[prefix];
}

export function disagreementsPage(disagreements, reasons) {
  let unexplained = 0;
  const lines = [
    '# Labels the engine contradicts',
    '',
    'Written by `npm run bench:corpora -- --write`; the reasons are in `reasons.json`. A witness was accepted by the writer and',
    'rejected by the reader in two validators; "proof" means that no such event exists.',
  ];
  let corpus = '';
  for (const each of disagreements) {
    if (each.corpus !== corpus) lines.push('', `## ${each.corpus} (${each.world} world)`, '');
    corpus = each.corpus;
    const why = reasonFor(reasons, each.corpus, each.id, each.direction);
    if (why === undefined) unexplained += 1;
    const shown =
      each.verdict === 'incompatible'
        ? `witness \`${shorten(JSON.stringify(each.witness?.value))}\``
        : each.verdict === 'compatible'
          ? 'proof'
          : `undecided: ${each.undecided?.[0]?.reason}`;
    lines.push(
      `- **${each.id}**, ${each.direction}: labelled ${each.wanted}; ${shown}. ${why ?? 'Not explained yet.'}`,
    );
  }
  lines.push('');
  return { text: lines.join('\n'), unexplained };
}

function shorten(text) {
  return text.length <= 160 ? text : `${text.slice(0, 157)}…`;
}
