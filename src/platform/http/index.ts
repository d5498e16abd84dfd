export { ErrorFilter } from './error.filter.js';
export { HEALTH_CHECKS, type HealthCheck, HealthController } from './health.controller.js';
