/** Which of several media types a caller prefers (RFC 9110 §12.5.1); the first one where it has no preference. */
export function prefers<K extends string>(accept: string, offered: Readonly<Record<K, string>>): K {
  const names = Object.keys(offered) as K[];
  const ranges = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return { type, q: q === undefined || Number.isNaN(Number(q)) ? 1 : Number(q) };
  });
  const quality = (mediaType: string): number => {
    const family = `${mediaType.split('/')[0]}/*`;
    const match =
      ranges.find(({ type }) => type === mediaType) ??
      ranges.find(({ type }) => type === family) ??
      ranges.find(({ type }) => type === '*/*');
    return match?.q ?? 0;
  };
  return names.reduce((best, name) => (quality(offered[name]) > quality(offered[best]) ? name : best));
}
