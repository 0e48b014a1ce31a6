/** Style and script of the pages, which the build joins into one file beside the program. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What a page takes from the program. */
export interface PageAssets {
  style: string;
  /** Of a page with an explorer. */
  script: string;
  /** Of the pages of a server, beside `style`. */
  liveStyle: string;
  liveScript: string;
}

/** The same depth below the package for `src/pages`, `dist/pages` and `dist/bundle/`. */
const PATHS = ['../../dist/pages.cache', '../pages.cache'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

let kept: PageAssets | undefined;

/** Reads them once. Throws where the program was not built. */
export function pageAssets(): PageAssets {
  kept ??= JSON.parse(readFirst()) as PageAssets;
  return kept;
}

/** Style and script of the pages of a server. Throws where the program was not built. */
export function liveAssets(): Pick<PageAssets, 'style' | 'script'> {
  const { style, liveStyle, liveScript } = pageAssets();
  return { style: `${style}${liveStyle}`, script: liveScript };
}

function readFirst(): string {
  let failure: unknown;
  for (const path of PATHS) {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
