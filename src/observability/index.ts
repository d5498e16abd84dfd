export { MetricsController } from './metrics.controller.js';
export { Metrics } from './metrics.js';
