import config from './jest.config.mjs';

const integration = config.projects.find(({ displayName }) => displayName === 'integration');

/** Tests against real programs that are built from Go modules, apart from all others: building them takes minutes. */
export default {
  ...integration,
  displayName: 'real',
  testMatch: ['<rootDir>/test/real/**/*.spec.ts'],
  testTimeout: 240_000,
};
