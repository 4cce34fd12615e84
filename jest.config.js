/** `npm run test:fast` runs the first three, `npm test` the first four; erp and attack have commands of their own. */
const shared = {
  testEnvironment: 'node',
  transform: { '^.+\\.(tsx?|m?js)$': ['@swc/jest', require('./swc.config.js')] },
  // CEL ships as an ES module only; jest runs CommonJS, so it is transformed like our own code.
  transformIgnorePatterns: [
    '/node_modules/(?!@marcbachmann/cel-js/|oauth4webapi/|@scalar/openapi-)',
    '^(?!.*/node_modules/).*/dist/',
  ],
  moduleFileExtensions: ['ts', 'tsx', 'js', 'mjs', 'json', 'node'],
  // n8n itself and packed builds live under dist-like folders: never crawl them.
  setupFilesAfterEnv: ['<rootDir>/test/setup.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/policy-service/dist/'],
};

/** @type {import('jest').Config} */
module.exports = {
  maxWorkers: 2,
  projects: ['unit', 'service', 'nodes', 'e2e', 'erp', 'attack'].map((name) => ({
    ...shared,
    displayName: name,
    testMatch: [`<rootDir>/test/${name}/**/*.test.ts`, `<rootDir>/test/${name}/**/*.test.tsx`],
    // Both bring up real systems that all of their test files share.
    ...(name === 'e2e' || name === 'erp'
      ? {
          runner: '<rootDir>/test/e2e/serial-runner.js',
          globalSetup: `<rootDir>/test/${name}/global-setup.ts`,
          globalTeardown: `<rootDir>/test/${name}/global-teardown.ts`,
        }
      : {}),
  })),
};
