/** Opens the packed data of the page. */

/** The data element with that id, as JSON; undefined where there is none. */
export async function unpack<T>(id: string): Promise<T | undefined> {
  const element = document.getElementById(id);
  if (element === null) return undefined;
  const text = atob(JSON.parse(element.textContent ?? '""') as string);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(stream).text()) as T;
}
