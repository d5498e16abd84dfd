import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));
const require = createRequire(import.meta.url);

/**
 * `virtual:emoji`: Slack's short names (iamcal's) with their characters and search words, in picker order.
 * The npm package holds 49 MB for every language; the page needs 100 kB of it.
 */
function emojiTable() {
  const name = 'virtual:emoji';
  return {
    name: 'emoji-table',
    resolveId: (id) => (id === name ? `\0${name}` : null),
    load: (id) => (id === `\0${name}` ? `export default JSON.parse(${JSON.stringify(JSON.stringify(emojiRows()))});` : null),
  };
}

function emojiRows() {
  const read = (path) => JSON.parse(readFileSync(require.resolve(`emojibase-data/en/${path}`), 'utf8'));
  const shortNames = read('shortcodes/iamcal.json');
  const skinTones = 2;
  return read('compact.json')
    .filter((emoji) => emoji.group !== skinTones && emoji.hexcode in shortNames)
    .sort((a, b) => (a.order ?? Infinity) - (b.order ?? Infinity))
    .map((emoji) => [emoji.unicode, [shortNames[emoji.hexcode]].flat().join(' '), (emoji.tags ?? []).slice(0, 6).join(' '), emoji.group ?? 9]);
}

export default defineConfig({
  root: here,
  base: './',
  plugins: [react(), emojiTable()],
  build: {
    outDir: fileURLToPath(new URL('../../../dist/playground-ui', import.meta.url)),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
});
