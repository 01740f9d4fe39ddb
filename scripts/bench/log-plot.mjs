/** Plots as SVG text, with both axes logarithmic: a line that rises by a decade on one grows tenfold. */

const width = 760;
const height = 420;
const margin = { left: 70, right: 220, top: 40, bottom: 50 };
const colours = ['#1b6ca8', '#c8553d', '#3f7d20', '#7b4fa3', '#b8860b', '#00798c', '#555555'];

const escaped = (text) => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** `x`: the numbers along the bottom; `series`: lines with a value for each of them. */
export function logPlot({ title, x, series }) {
  const values = series.flatMap(({ y }) => y).filter((value) => value > 0);
  const across = scale(x, margin.left, width - margin.right);
  const up = scale(decades(values), height - margin.bottom, margin.top);
  const ticks = (numbers, draw) => numbers.map(draw).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="white"/>
<text x="${margin.left}" y="22" font-size="15">${escaped(title)}</text>
${ticks(x, (value) => `<line x1="${across(value)}" x2="${across(value)}" y1="${margin.top}" y2="${height - margin.bottom}" stroke="#ddd"/><text x="${across(value)}" y="${height - margin.bottom + 18}" text-anchor="middle">${value.toLocaleString('en')}</text>`)}
${ticks(decades(values), (value) => `<line x1="${margin.left}" x2="${width - margin.right}" y1="${up(value)}" y2="${up(value)}" stroke="#ddd"/><text x="${margin.left - 8}" y="${up(value) + 4}" text-anchor="end">${value.toLocaleString('en')}</text>`)}
${series
  .map(({ name, y }, index) => {
    const colour = colours[index % colours.length];
    const points = y.map((value, at) => `${across(x[at]).toFixed(1)},${up(value).toFixed(1)}`).join(' ');
    return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="2"/><text x="${width - margin.right + 12}" y="${margin.top + 18 * index + 10}" fill="${colour}">${escaped(name)}</text>`;
  })
  .join('\n')}
</svg>
`;
}

function scale(numbers, from, to) {
  const low = Math.log10(Math.min(...numbers));
  const high = Math.log10(Math.max(...numbers));
  return (value) => from + ((Math.log10(value) - low) / (high - low || 1)) * (to - from);
}

/** The powers of ten around the values. */
function decades(values) {
  const from = Math.floor(Math.log10(Math.min(...values)));
  const to = Math.ceil(Math.log10(Math.max(...values)));
  return Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index));
}
