/** Copies what tsc leaves behind (stylesheet, icons, data files) from src to dist. */
const { cpSync, statSync } = require('node:fs');
const { join } = require('node:path');

cpSync(join(__dirname, 'src'), join(__dirname, 'dist'), {
  recursive: true,
  filter: (source) => statSync(source).isDirectory() || !/\.tsx?$/.test(source),
});
