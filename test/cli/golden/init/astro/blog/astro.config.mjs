import { defineConfig } from 'astro/config';

// https://astro.build/config
export default defineConfig({
  site: 'https://example.org',
  base: '/log',
  /* site: 'https://old.example.org', */
  i18n: { defaultLocale: 'pt-br', locales: ['pt-br'] },
});
