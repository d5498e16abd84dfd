export { dataPaths } from './data-paths.js';
export {
  type Env,
  InvalidEnvironment,
  parseEnv,
  readActionPackages,
  readEnv,
  type SecretsBackend,
  type SlackConnection,
  type SlackTransport,
  type VaultLogin,
} from './env.js';
export { ENV } from './env.token.js';
