/** What may be wider than the screen: it scrolls by itself, and takes the focus so that the keyboard can scroll it (WCAG 2.1.1). */
import type { Child } from 'hono/jsx';

export function Scrolling({ label, children }: { readonly label: string; readonly children?: Child }): Child {
  return (
    <section class="scroll" tabindex={0} aria-label={label}>
      {children}
    </section>
  );
}
