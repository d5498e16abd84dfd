import config from './jest.config.mjs';

const [unit] = config.projects;

/** Tests against real programs that are built from Go modules, apart from all others: building them takes minutes. */
export default { ...unit, displayName: 'real', testMatch: ['<rootDir>/test/real/**/*.spec.ts'], testTimeout: 240_000 };
