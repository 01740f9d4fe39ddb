/** Lines over time as SVG, one panel for each column after the first; each panel from zero to its own highest value. */
const width = 720;
const height = 110;
const margin = { left: 60, right: 20, top: 28, bottom: 18 };

/** `rows` of numbers, the first of them on the horizontal axis; `head` names the columns. */
export function plot(head, rows) {
  const panels = head.slice(1).map((title, index) =>
    panel(
      title,
      rows.map((row) => [row[0], row[index + 1]]),
      index,
    ),
  );
  const whole = panels.length * (height + margin.top + margin.bottom);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${whole}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="white"/>
${panels.join('\n')}
</svg>
`;
}

function panel(title, points, index) {
  const top = index * (height + margin.top + margin.bottom) + margin.top;
  const last = Math.max(...points.map(([x]) => x), 1);
  const most = Math.max(...points.map(([, y]) => y), 1e-9) * 1.1;
  const across = (x) => margin.left + (x / last) * (width - margin.left - margin.right);
  const up = (y) => top + height - (y / most) * height;
  const line = points.map(([x, y]) => `${across(x).toFixed(1)},${up(y).toFixed(1)}`).join(' ');
  return `<text x="${margin.left}" y="${top - 8}" font-weight="bold">${title}</text>
<path d="M${margin.left},${top}V${top + height}H${width - margin.right}" fill="none" stroke="#999"/>
<text x="${margin.left - 6}" y="${top + 8}" text-anchor="end">${most.toFixed(0)}</text>
<text x="${margin.left - 6}" y="${top + height}" text-anchor="end">0</text>
<text x="${width - margin.right}" y="${top + height + 13}" text-anchor="end">${last.toFixed(0)} s</text>
<polyline points="${line}" fill="none" stroke="#1b6ca8" stroke-width="1.5"/>`;
}
