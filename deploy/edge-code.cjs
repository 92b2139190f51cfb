/** The edge function's code as text, for the template: osls would run a `.js` file. */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

module.exports = () => readFileSync(join(__dirname, '../functions/edge.js'), 'utf8');
