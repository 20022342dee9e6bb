const { dest, parallel, src } = require('gulp');

/** Icons and codex files, which the compiler leaves out, go where the compiled files look for them. */
const icons = () => src('icons/*.svg').pipe(dest('dist/icons'));
const codex = () => src('nodes/**/*.node.json').pipe(dest('dist/nodes'));

exports.build = parallel(icons, codex);
