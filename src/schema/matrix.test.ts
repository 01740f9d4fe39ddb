import { expect, test } from 'vitest';
import { matrixMarkdown } from './matrix.ts';

test('titles and notes are text in Markdown, whatever they hold', () => {
  const hostile = '<img src=x>|**b** [l](u) `c`\n# h';
  const markdown = matrixMarkdown({
    catalog: 'shop',
    columns: [{ service: 'billing', title: hostile }],
    groups: [
      {
        domain: 'order',
        title: hostile,
        rows: [{ subject: 'order.placed', title: hostile, consumers: [{ service: 'billing', note: hostile }] }],
      },
    ],
    unconsumed: [],
  });
  const plain = '\\<img src=x\\>\\|\\*\\*b\\*\\* \\[l\\](u) \\`c\\` # h';
  expect(markdown.split('\n')).toEqual([
    `| Event | ${plain} |`,
    '|---|---|',
    `| **${plain}** | |`,
    `| ${plain} | ✅* |`,
    '',
    `*${plain}`,
    '',
  ]);
});
