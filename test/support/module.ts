/** Loads generated JavaScript as what it claims to be: an ES module that stands alone. A data URL has nothing to import from. */
export async function loadModule(text: string): Promise<Readonly<Record<string, unknown>>> {
  const url = `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`;
  return import(/* @vite-ignore */ url) as Promise<Readonly<Record<string, unknown>>>;
}
