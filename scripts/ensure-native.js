/**
 * Builds better-sqlite3 for this Node once. `.npmrc` switches install scripts off for all
 * dependencies, so the one native module that is needed is built here, by name.
 */
const { spawnSync } = require('node:child_process');

function loads() {
  try {
    const Database = require('better-sqlite3');
    new Database(':memory:').close();
    return true;
  } catch {
    return false;
  }
}

if (!loads()) {
  console.error('Building better-sqlite3 for this Node (once, one to three minutes) ...');
  const built = spawnSync(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    ['rebuild', 'better-sqlite3', '--ignore-scripts=false', '--foreground-scripts=false'],
    { cwd: require('node:path').join(__dirname, '..'), stdio: ['ignore', 'ignore', 'inherit'] },
  );
  // A module that failed to load stays failed in this process: ask a fresh one.
  const check = spawnSync(process.execPath, ['-e', "new (require('better-sqlite3'))(':memory:')"], {
    cwd: __dirname,
  });
  if (built.status !== 0 || check.status !== 0) {
    console.error(
      'better-sqlite3 could not be built. Install python3, make and g++ (Debian: apt-get install python3 make g++), then run this again.',
    );
    process.exit(1);
  }
}
