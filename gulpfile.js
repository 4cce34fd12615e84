const { src, dest, parallel } = require('gulp');

/** Copies what tsc leaves behind into dist: icons, and the codex file of each node. */
const icons = () => src('icons/**/*.svg', { encoding: false }).pipe(dest('dist/icons'));
const nodeFiles = () => src('nodes/**/*.{svg,json}', { encoding: false }).pipe(dest('dist/nodes'));
const credentialFiles = () =>
  src('credentials/**/*.{svg,json}', { encoding: false, allowEmpty: true }).pipe(
    dest('dist/credentials'),
  );

exports.assets = parallel(icons, nodeFiles, credentialFiles);
