import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const require = createRequire(import.meta.url);

/**
 * `virtual:emoji`: Slack's short names (iamcal's) with their characters and search words, in the order of pickers.
 * The package's own file would put 600 kB into the page.
 */
function emojiTable() {
  const name = 'virtual:emoji';
  return {
    name: 'emoji-table',
    resolveId: (id) => (id === name ? `\0${name}` : null),
    load: (id) => (id === `\0${name}` ? `export default JSON.parse(${JSON.stringify(JSON.stringify(rows()))});` : null),
  };
}

function rows() {
  const read = (path) => JSON.parse(readFileSync(require.resolve(`emojibase-data/en/${path}`), 'utf8'));
  const shortNames = read('shortcodes/iamcal.json');
  return read('compact.json')
    .filter((emoji) => emoji.hexcode in shortNames)
    .sort((a, b) => (a.order ?? Infinity) - (b.order ?? Infinity))
    .map((emoji) => [
      emoji.unicode,
      [shortNames[emoji.hexcode]].flat().join(' '),
      (emoji.tags ?? []).slice(0, 5).join(' '),
    ]);
}

export default defineConfig({
  root: new URL('.', import.meta.url).pathname,
  base: './',
  plugins: [react(), emojiTable()],
  build: {
    outDir: new URL('../../../dist/playground-ui', import.meta.url).pathname,
    emptyOutDir: true,
    chunkSizeWarningLimit: 600,
    assetsInlineLimit: 0,
  },
});
