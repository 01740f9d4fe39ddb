/**
 * The README's failing check, as the picture .github/check.svg and as text: runs the built `herald check` on a change to the first
 * event of `herald init`. `--check` fails where it prints something else.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const picture = new URL('../.github/check.svg', import.meta.url);
const readme = new URL('../README.md', import.meta.url);
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const command = 'herald check --against main';

/** The same commit on every machine: its hash is in the picture. */
const identity = {
  GIT_AUTHOR_NAME: 'shop',
  GIT_AUTHOR_EMAIL: 'shop@example.org',
  GIT_AUTHOR_DATE: '2027-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'shop',
  GIT_COMMITTER_EMAIL: 'shop@example.org',
  GIT_COMMITTER_DATE: '2027-01-01T00:00:00Z',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

/** What the check prints when a required field is added to the event that `herald init` writes. */
function printed() {
  const cwd = mkdtempSync(join(tmpdir(), 'herald-picture-'));
  const env = { PATH: process.env.PATH, HOME: cwd, ...identity };
  const run = (file, ...args) => execFileSync(file, args, { cwd, env, stdio: 'pipe', encoding: 'utf8' });
  try {
    run('git', 'init', '-q', '-b', 'main');
    run(process.execPath, main, 'init', '--catalog', 'shop');
    run('git', 'add', '-A');
    run('git', 'commit', '-qm', 'the first event');
    const event = join(cwd, 'schemas/shop/order.placed.json');
    const document = JSON.parse(readFileSync(event, 'utf8'));
    document.required.push('currency');
    document.properties.currency = { enum: ['EUR', 'USD'], description: 'Of the amount.' };
    writeFileSync(event, `${JSON.stringify(document, null, 2)}\n`);
    const { stdout, status } = spawnSync(process.execPath, [main, ...command.split(' ').slice(1)], {
      cwd,
      env: { ...env, FORCE_COLOR: '1' },
      encoding: 'utf8',
    });
    if (status !== 1) throw new Error(`the check should find a break, but ended with ${status}:\n${stdout}`);
    return stdout.trimEnd();
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

const fontSizePx = 14;
const lineHeightPx = 20;
const characterPx = 8.43;
const paddingPx = 18;
const maxColumns = 104;

/** Colour and weight for each code of a terminal's SGR sequence; a code that is not listed has no meaning here. */
const styles = {
  1: { 'font-weight': 'bold' },
  2: { fill: '#8b949e' },
  31: { fill: '#ff7b72' },
  32: { fill: '#7ee787' },
  33: { fill: '#e3b341' },
  36: { fill: '#79c0ff' },
};
const resets = new Set(['0', '22', '39', '']);

/** Spaces become non-breaking ones, since SVG folds the others. */
const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll(' ', '\u00a0');

/** What begins a terminal's colour sequence; `m` ends it. */
const sequenceStart = `${String.fromCharCode(27)}[`;

/** One printed line as pieces of text with the style in force. */
function pieces(line) {
  const [first, ...coloured] = line.split(sequenceStart);
  let style = {};
  const rest = coloured.map((part) => {
    const end = part.indexOf('m');
    for (const code of part.slice(0, end).split(';')) style = styleAfter(style, code);
    return { text: part.slice(end + 1), style };
  });
  return [{ text: first, style: {} }, ...rest].filter(({ text }) => text !== '');
}

function styleAfter(style, code) {
  if (resets.has(code)) return {};
  if (!styles[code]) throw new Error(`the picture does not know the colour ${code}`);
  return { ...style, ...styles[code] };
}

/** Breaks a printed line at spaces where it is wider than the window; what continues keeps the indent and its colours. */
function wrapped(line) {
  const indent = ' '.repeat(/^ */.exec(line)[0].length + 4);
  const words = pieces(line).flatMap(({ text, style }) =>
    text.split(/(?<= )(?! )/).map((word) => ({ text: word, style })),
  );
  const lines = [[]];
  let columns = 0;
  for (const word of words) {
    if (columns + word.text.trimEnd().length > maxColumns) {
      lines.push([{ text: indent, style: {} }]);
      columns = indent.length;
    }
    lines.at(-1).push(word);
    columns += word.text.length;
  }
  return lines;
}

function drawn(text) {
  const lines = [
    `${sequenceStart}36m$${sequenceStart}0m ${sequenceStart}1m${command}`,
    '',
    ...text.split('\n'),
  ].flatMap(wrapped);
  const width = Math.ceil(maxColumns * characterPx + 2 * paddingPx);
  const height = lines.length * lineHeightPx + 2 * paddingPx;
  const row = (line, index) => {
    const spans = line.map(({ text: shown, style }) => {
      const attributes = Object.entries(style).map(([name, value]) => ` ${name}="${value}"`);
      return `<tspan${attributes.join('')}>${escaped(shown)}</tspan>`;
    });
    return `<text x="${paddingPx}" y="${paddingPx + index * lineHeightPx + fontSizePx}">${spans.join('')}</text>`;
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title">
<title id="title">A terminal: herald check finds that a new required field breaks stored events, and shows one.</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="${fontSizePx}" fill="#e6edf3">
${lines.map(row).join('\n')}
</g>
</svg>
`;
}

/** The README with the same text in its fold, without colours. */
function folded(page, text) {
  const [before, rest] = page.split(/(?<=<summary>The same as text<\/summary>\n)/);
  const after = rest?.slice(rest.indexOf('</details>'));
  if (!after) throw new Error('README.md has no fold "The same as text"');
  const plain = text
    .split(sequenceStart)
    .map((part, index) => (index === 0 ? part : part.slice(part.indexOf('m') + 1)));
  return `${before}\n\`\`\`text\n$ ${command}\n\n${plain.join('')}\n\`\`\`\n\n${after}`;
}

const text = printed();
const written = [
  [picture, '.github/check.svg', drawn(text)],
  [readme, 'README.md', folded(readFileSync(readme, 'utf8'), text)],
];
if (process.argv.includes('--check')) {
  for (const [file, name, now] of written)
    if (readFileSync(file, 'utf8') !== now) {
      console.error(`${name} does not show what the check prints. Run: npm run build && node scripts/picture.mjs`);
      process.exitCode = 1;
    }
  if (process.exitCode !== 1) console.log('.github/check.svg and README.md show what the check prints');
} else for (const [file, , now] of written) writeFileSync(file, now);
