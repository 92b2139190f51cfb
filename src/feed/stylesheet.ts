import { createHash } from 'node:crypto';

/** What all pages share besides their words: one style sheet and one script, both inline, and a policy that allows nothing else. */

/** Colours have a contrast of at least 4.5 to 1 in light and dark; all sides are logical, for right-to-left. */
export const stylesheet = `
:root{color-scheme:light dark;--paper:light-dark(#fdfcfa,#16181c);--card:light-dark(#fff,#1f2228);--ink:light-dark(#1d2025,#e7e5e1);--quiet:light-dark(#5b6068,#a9adb5);--line:light-dark(#dedad2,#383c45);--link:light-dark(#9a3412,#f9a66c)}
*{box-sizing:border-box}
html{scroll-padding-block-start:1rem;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;max-width:48rem;padding:clamp(1rem,4vw,2.5rem);background:var(--paper);color:var(--ink);font:1rem/1.6 system-ui,sans-serif;overflow-wrap:anywhere}
a{color:var(--link);text-underline-offset:.15em}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
main:focus{outline:none}
h1,h2,h3{line-height:1.25;text-wrap:balance}
h1{font-size:clamp(1.75rem,1.3rem + 2.2vw,2.5rem);margin:.25rem 0;letter-spacing:-.01em}
h1 a,article h3 a{color:inherit;text-decoration-color:var(--line)}
h1 a:hover,article h3 a:hover{text-decoration-color:currentcolor}
h2{font-size:1.3rem;margin:2.5rem 0 .75rem}
h3{font-size:1.1rem;margin:0}
p{margin:.5rem 0}
ul{list-style:none;margin:0;padding:0}
small,time,.quiet{color:var(--quiet);font-size:.9rem}
code,kbd,samp{font:.9em ui-monospace,monospace}
.skip:not(:focus){position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%)}
.sr{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.card{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:.25rem 1.25rem .5rem;margin-block:1.5rem}
.card h2{margin-block:1rem .5rem}
.addresses li{display:grid;grid-template-columns:3.5rem 1fr auto;gap:.75rem;align-items:center;border-block-end:1px solid var(--line);min-block-size:3rem}
.addresses code{user-select:all}
.row{display:flex;flex-wrap:wrap;gap:.5rem;margin-block:.75rem}
.row a,button,input{display:inline-flex;align-items:center;min-block-size:2.25rem;padding:.25rem .8rem;border:1px solid var(--line);border-radius:1.2rem;background:var(--card);color:var(--ink);font:inherit;font-size:.9rem;text-decoration:none}
.row a{gap:.4rem}
.row a:hover,button:hover{border-color:var(--link);color:var(--link)}
button.done::before{content:'✓';margin-inline-end:.3rem}
button{cursor:pointer;min-inline-size:5.5rem;justify-content:center}
output{display:block;min-block-size:1.6rem}
input{inline-size:100%;border-color:var(--quiet);border-radius:.5rem;font-size:1rem;margin-block-start:.25rem}
article{padding-block:1.1rem;border-block-start:1px solid var(--line)}
article p,details p{max-width:65ch}
details{border-block-end:1px solid var(--line)}
summary{cursor:pointer;padding-block:.5rem}
summary bdi{font-weight:600;margin-inline-end:.5rem}
summary time{white-space:nowrap}
details[open] summary{padding-block-end:0}
details p:last-child{margin-block-end:1rem}
.terms{columns:12rem;column-gap:2rem}
.terms li{break-inside:avoid;padding-block:.125rem}
.letter{margin-block:1rem}
.heading{display:flex;justify-content:space-between;align-items:baseline;border-block-end:1px solid var(--line);margin-block-end:.25rem}
.heading a{font-size:.9rem}
.letters a{min-inline-size:2.25rem;justify-content:center}
.chart{margin:1.25rem 0}
.chart svg{display:block;max-inline-size:100%;block-size:3.5rem;fill:var(--link);fill-opacity:.8;border-block-end:1px solid var(--line)}
[dir=rtl] .chart{text-align:right}
[dir=rtl] .chart svg{margin-inline-start:auto}
footer{margin-block-start:3rem;border-block-start:1px solid var(--line);padding-block-start:1rem}
footer a,.trail a{display:inline-block;padding-block:.15rem}
.enhanced{display:none}
@media (scripting:enabled){.enhanced{display:revert}button.enhanced{display:inline-flex}}
[hidden]{display:none!important}
@media (max-width:30rem){.addresses li{grid-template-columns:1fr auto;padding-block:.5rem;gap:.35rem .75rem}.addresses code{grid-row:2;grid-column:1/-1}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media print{.enhanced,.skip,.row{display:none}}
`;

/** Copies addresses and filters terms. Without it a page lacks these two and nothing else. */
export const script = `
for (const button of document.querySelectorAll('button')) button.onclick = async () => {
  const address = button.previousElementSibling;
  getSelection().selectAllChildren(address);
  try { await navigator.clipboard.writeText(address.textContent) } catch { document.execCommand('copy') }
  button.classList.add('done');
  button.closest('section').querySelector('output').textContent = button.dataset.done;
};
const box = document.querySelector('input');
if (box) {
  const plain = (text) => text.normalize('NFKD').replace(/\\p{M}/gu, '').toLowerCase();
  const terms = [...document.querySelectorAll('.terms li')].map((item) => [item, plain(item.firstChild.textContent)]);
  const groups = document.querySelectorAll('main section[id], .letter');
  const filter = () => {
    const wanted = plain(box.value.trim());
    let shown = 0;
    for (const [item, text] of terms) if (!(item.hidden = !text.includes(wanted))) shown++;
    for (const group of groups) group.hidden = !group.querySelector('.terms li:not([hidden])');
    for (const letters of document.querySelectorAll('.letters')) letters.hidden = wanted !== '';
    box.closest('nav').querySelector('output').textContent = wanted && shown + ' / ' + terms.length;
  };
  box.oninput = filter;
  if (box.value) filter();
}
`;

/** Of a page's `Content-Security-Policy`: this style sheet, this script, an icon, and nothing else. */
export const policy = [
  "default-src 'none'",
  `style-src '${digest(stylesheet)}'`,
  `script-src '${digest(script)}'`,
  'img-src https: http: data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
