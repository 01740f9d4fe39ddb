/** Panels of a dashboard as SVG, in its own grid: titles, lines over time, limits, legends. */
const cell = { width: 36, height: 22 };
const gap = 8;
const margin = { left: 62, right: 14, top: 30, bottom: 34 };
const colours = ['#1b6ca8', '#c8553d', '#588b3a', '#8a5aa8'];

/** `panels` with `targets[].answer`, what Prometheus answers to `query_range`. `from`, `to`: seconds since 1970. */
export function drawn(panels, { from, to, title, caption }) {
  const width = 24 * cell.width;
  const height = Math.max(...panels.map(({ gridPos: { y, h } }) => (y + h) * cell.height)) + 30;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<title>${escaped(title)}: ${escaped(caption)}</title>
<rect width="100%" height="100%" fill="#f4f5f5"/>
<text x="${gap}" y="20" font-size="14" font-weight="bold">${escaped(title)}</text>
<text x="${width - gap}" y="20" text-anchor="end" fill="#555">${escaped(caption)}</text>
${panels.map((panel) => panelAt(panel, from, to)).join('\n')}
</svg>
`;
}

function panelAt({ title, gridPos, targets, fieldConfig }, from, to) {
  const [left, top] = [gridPos.x * cell.width + gap / 2, gridPos.y * cell.height + 30];
  const [width, height] = [gridPos.w * cell.width - gap, gridPos.h * cell.height - gap];
  const lines = targets.flatMap(({ answer, legendFormat }) =>
    answer.map(({ metric, values }) => ({
      name: legendFormat.replaceAll(/\{\{(\w+)\}\}/g, (_, label) => metric[label] ?? ''),
      // a quantile of nothing, a share of nothing
      points: values.map(([at, value]) => [at, Number(value)]).filter(([, value]) => Number.isFinite(value)),
    })),
  );
  const limit = fieldConfig.defaults.thresholds.steps.find(({ value }) => value !== null)?.value;
  const highest = Math.max(0, ...lines.flatMap(({ points }) => points.map(([, value]) => value)));
  // a limit far above everything would make a flat line of it
  const isShown = limit !== undefined && limit <= highest * 4;
  const most = Math.max(highest, isShown ? limit : 0) * 1.1 || 1;
  const [x0, x1, y0, y1] = [
    left + margin.left,
    left + width - margin.right,
    top + margin.top,
    top + height - margin.bottom,
  ];
  const across = (at) => x0 + ((at - from) / (to - from)) * (x1 - x0);
  const up = (value) => y1 - (value / most) * (y1 - y0);
  const { unit } = fieldConfig.defaults;
  const legend = lines.map(
    ({ name }, index) =>
      `<tspan fill="${colours[index % colours.length]}" dx="${index === 0 ? 0 : 12}">${escaped(name)}</tspan>`,
  );
  const limitText = limit === undefined ? '' : `limit ${text(limit, unit)}${isShown ? '' : ', above what is drawn'}`;
  return `<g><rect x="${left}" y="${top}" width="${width}" height="${height}" fill="white" stroke="#ddd"/>
<text x="${left + 10}" y="${top + 18}" font-weight="bold">${escaped(title)}</text>
<text x="${left + width - 10}" y="${top + 18}" text-anchor="end" fill="#b00">${limitText}</text>
<path d="M${x0},${y0}V${y1}H${x1}" fill="none" stroke="#999"/>
<text x="${x0 - 5}" y="${y0 + 8}" text-anchor="end">${text(most, unit)}</text><text x="${x0 - 5}" y="${y1}" text-anchor="end">${text(0, unit)}</text>
<text x="${x1}" y="${y1 + 13}" text-anchor="end">${Math.round((to - from) / 60)} min</text>
${isShown ? `<path d="M${x0},${up(limit).toFixed(1)}H${x1}" stroke="#b00" stroke-dasharray="4 3"/>` : ''}
${lines.map(({ points }, index) => `<path d="${path(points, across, up)}" fill="none" stroke="${colours[index % colours.length]}" stroke-width="1.5"/>`).join('\n')}
<text x="${x0}" y="${y1 + 27}">${legend.join('')}</text></g>`;
}

/** Broken where there is nothing for longer than two steps. */
function path(points, across, up) {
  const step = 10;
  return points
    .map(([at, value], index) => {
      const isGap = index === 0 || at - points[index - 1][0] > step;
      return `${isGap ? 'M' : 'L'}${across(at).toFixed(1)},${up(value).toFixed(1)}`;
    })
    .join('');
}

function text(value, unit) {
  if (unit === 'percentunit') return `${Number((value * 100).toPrecision(2))} %`;
  const number = value >= 1_000 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
  return { s: `${number} s`, ops: `${number}/s` }[unit] ?? number;
}

function escaped(words) {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
