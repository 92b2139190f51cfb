import { html } from './costly-html.ts';
import { markdown } from './costly-markdown.ts';
import { matter } from './costly-matter.ts';
import type { Costly } from './costly-parts.ts';
import { templates } from './costly-templates.ts';

/** Posts that were made to be slow or large, by every way that is known. */
export const costly: readonly Costly[] = [...matter, ...markdown, ...templates, ...html];
