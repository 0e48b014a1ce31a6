/** The shortest end of each path that names it alone among the paths. */
export function shortNames(paths: readonly string[]): (path: string) => string {
  const ends = new Map<string, number>();
  const endsOf = (path: string): string[] => {
    const parts = path.split('/');
    return parts.map((_, index) => parts.slice(parts.length - 1 - index).join('/'));
  };
  for (const path of new Set(paths))
    for (const end of endsOf(path)) ends.set(end, (ends.get(end) ?? 0) + 1);
  return (path) => endsOf(path).find((end) => (ends.get(end) ?? 1) === 1) ?? path;
}
